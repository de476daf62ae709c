// What an operator may set for a Sophos connection; the defaults are the vendor's production hosts.
import { z } from "zod";

export const sophosHosts = ["sophos.com", ".sophos.com"] as const;

export const SophosSettings = z.object({
  idUrl: z.url().default("https://id.sophos.com"),
  apiUrl: z.url().default("https://api.central.sophos.com"),
  /** Tenants read at once. */
  concurrency: z.coerce.number().int().min(1).max(64).default(12),
  /** The vendor publishes no limit; 100 a minute is commonly quoted. 0 = no limit. */
  maxPerSecond: z.coerce.number().min(0).max(1_000).default(1.6),
  headersTimeoutSeconds: z.coerce.number().min(0.1).max(120).default(30),
  maxRetries: z.coerce.number().int().min(0).max(10).default(3),
  backoffMs: z.coerce.number().int().min(1).max(60_000).default(500),
  /** A device that was not seen for longer is inactive, no longer silent. */
  inactiveAfterDays: z.coerce.number().int().min(8).max(3_650).default(90),
});
export type SophosSettings = z.infer<typeof SophosSettings>;

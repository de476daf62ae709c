// What an operator may set for a Snow Atlas connection: where the customer's system is, and how gently it is read.
import { z } from "zod";
import { VendorError } from "#server/http/errors.ts";
import type { ConnectorSettings } from "#server/sync/snapshot.ts";

export const snowHosts = [".snowsoftware.io"] as const;

const optional = <Shape extends z.ZodType>(shape: Shape) =>
  z.preprocess((value) => (value === "" ? undefined : value), shape.optional());

const SnowSettings = z.object({
  /** As the settings of the customer's Snow Atlas name it; the first label of its host. */
  region: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
    .default("westeurope"),
  /** Instead of the region's host. */
  apiUrl: optional(z.url()),
  /** Refuses credentials that belong to another system than this one. */
  systemId: optional(z.string().max(200)),
  /** Instead of the name that the vendor knows. */
  name: optional(z.string().max(300)),
  /** Of the costs, ISO 4217: the vendor sends amounts without one. */
  currency: optional(z.string().regex(/^[A-Z]{3}$/)),
  pageSize: z.coerce.number().int().min(1).max(1_000).default(1_000),
  /** Applications whose licences are asked for, one call each, the most installed ones first. */
  complianceCalls: z.coerce.number().int().min(0).max(5_000).default(200),
  /** Calls at once. */
  concurrency: z.coerce.number().int().min(1).max(16).default(4),
  /** The vendor publishes no limit. 0 = no limit of ours. */
  maxPerSecond: z.coerce.number().min(0).max(1_000).default(5),
  headersTimeoutSeconds: z.coerce.number().min(0.1).max(120).default(30),
  maxRetries: z.coerce.number().int().min(0).max(10).default(3),
  backoffMs: z.coerce.number().int().min(1).max(60_000).default(500),
});
export type SnowSettings = z.infer<typeof SnowSettings>;

/** Throws vendor.blocked, naming the setting that makes no sense: nothing can be asked then. */
export function readSettings(settings: ConnectorSettings): SnowSettings {
  const parsed = SnowSettings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const name = String(parsed.error.issues[0]?.path[0] ?? "");
  throw new VendorError("vendor.blocked", `the setting ${name} is not valid`);
}

export function originOf({ apiUrl, region }: SnowSettings): string {
  return apiUrl ?? `https://${region}${snowHosts[0]}`;
}

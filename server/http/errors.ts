// The one error that a connector or its HTTP client raises when a vendor could not be read.
import type { VendorErrorCode } from "#server/sync/snapshot.ts";

export class VendorError extends Error {
  readonly code: VendorErrorCode;
  readonly status: number | null;
  /** Short and safe to store and show: method, host and path, never a query, header, body or secret. */
  readonly detail: string;
  readonly retryAfterSeconds: number | null;
  /** So many accounts in a row had no answer that it is the vendor that is ill. */
  readonly isWidespread: boolean;

  constructor(
    code: VendorErrorCode,
    detail: string,
    more: { status?: number; retryAfterSeconds?: number; isWidespread?: boolean; cause?: unknown } = {},
  ) {
    super(`${code}: ${detail}`, more.cause === undefined ? {} : { cause: more.cause });
    this.name = "VendorError";
    this.code = code;
    this.detail = detail;
    this.status = more.status ?? null;
    this.retryAfterSeconds = more.retryAfterSeconds ?? null;
    this.isWidespread = more.isWidespread ?? false;
  }
}

// The one error the portal answers with: a code that every language translates, and an HTTP status.
import type { ErrorCode } from "#locales/resources.ts";

const statuses = {
  "auth.required": 401,
  "auth.invalid": 401,
  "auth.throttled": 429,
  "auth.originMismatch": 403,
  "permission.denied": 403,
  "customer.accessDisabled": 403,
  "membership.changed": 409,
  "membership.notFound": 404,
  "customer.notFound": 404,
  "import.notFound": 404,
  "import.empty": 400,
  "import.notCsv": 400,
  "import.encoding": 400,
  "import.tooLarge": 413,
  "import.tooManyColumns": 400,
  "import.missingName": 400,
  "import.alreadyDone": 409,
  "sync.noSource": 409,
  "request.invalid": 400,
  "request.malformed": 400,
  "request.tooLarge": 413,
  "request.tooMany": 429,
  "request.unsupportedType": 415,
  "request.methodNotAllowed": 405,
  "request.notFound": 404,
  "request.conflict": 409,
  "request.unavailable": 503,
  unexpected: 500,
} as const satisfies Partial<Record<ErrorCode, number>>;
export type AppErrorCode = keyof typeof statuses;

type Options = { fields?: Record<string, string>; retryAfterSeconds?: number; cause?: unknown };

/** Thrown anywhere in the server; the guards turn it into an answer. `fields`: what is wrong, by name of the input. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly status: number;
  readonly fields: Record<string, string> | undefined;
  readonly retryAfterSeconds: number | undefined;
  constructor(code: AppErrorCode, options: Options = {}) {
    super(code, { cause: options.cause });
    this.code = code;
    this.status = statuses[code];
    this.fields = options.fields;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

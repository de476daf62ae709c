// Structured logs on standard output. Secrets are redacted by the name of their field at any depth, and inside texts.
import pino from "pino";
import { env } from "./env.ts";

const REDACTED = "[redacted]";
const DEEPEST = 8;
const LONGEST = 10_000;
const secretName =
  /pass(word|phrase|wd)|secret|token|authori[sz]ation|cookie|credential|private_?key|api_?key|key_private|assertion|verifier|totp|recovery|^(code|state|nonce|otp|pin)$/i;
/** An error's code (request.invalid, ECONNRESET, 23505) says what happened; any other may be a code for signing in. */
const harmlessCode = /^[a-z]+(\.[a-zA-Z]+)+$/;
/** https://user:password@host, Bearer …, client_secret=… and "password": "…" */
const inText: [RegExp, string][] = [
  [/(\w+:\/\/[^\s:@/]*):[^\s@/]+@/g, `$1:${REDACTED}@`],
  [/\b(Bearer|Basic) +[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [
    /((?:pass(?:word|phrase)|secret|token|authorization|cookie|api[_-]?key|\bcode)["']?\s*[=:]\s*["']?)[^\s"'&,;)}]{4,}/gi,
    `$1${REDACTED}`,
  ],
];

const cleanText = (text: string): string =>
  inText.reduce(
    (cleaned, [pattern, replacement]) => cleaned.replace(pattern, replacement),
    text.slice(0, LONGEST),
  );

/** PostgreSQL's detail, hint and where repeat rows and parameters, so of an error only this is kept. */
const cleanError = (error: Error, depth: number): Record<string, unknown> => ({
  type: error.name,
  message: cleanText(error.message),
  ...("code" in error && { code: error.code }),
  ...(error.stack && { stack: cleanText(error.stack) }),
  ...(error.cause !== undefined && { cause: clean(error.cause, depth + 1) }),
});

function clean(value: unknown, depth: number): unknown {
  if (typeof value === "string") return cleanText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) return "[deeper]";
  if (value instanceof Error) return cleanError(value, depth);
  if (value instanceof Date) return value;
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (value instanceof Headers || value instanceof Map) return clean(Object.fromEntries(value), depth);
  if (Array.isArray(value)) return value.map((one) => clean(one, depth + 1));
  return cleanFields(value as Record<string, unknown>, depth);
}

function cleanFields(fields: Record<string, unknown>, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const isHarmless =
        value === null || typeof value === "boolean" || (name === "code" && harmlessCode.test(String(value)));
      return [name, secretName.test(name) && !isHarmless ? REDACTED : clean(value, depth + 1)];
    }),
  );
}

/** The options of the log, for the test that reads what it writes. */
export const logOptions: pino.LoggerOptions = {
  base: null,
  formatters: { log: (fields) => cleanFields(fields, 0) },
  // The formatter has made plain fields of errors already.
  serializers: { err: (fields: unknown) => fields },
  hooks: {
    logMethod(input, method) {
      const [first, ...rest] = input as unknown[];
      const given =
        first instanceof Error ? [{ err: first }, ...(rest.length > 0 ? rest : [first.message])] : input;
      const cleaned = (given as unknown[]).map((one) => (typeof one === "string" ? cleanText(one) : one));
      method.apply(this, cleaned as typeof input);
    },
  },
};

export const log = pino({ ...logOptions, level: env().LOG_LEVEL });

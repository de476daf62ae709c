// Reads the environment once, checks it with zod and says in one sentence per variable what is wrong.
import { z } from "zod";

const wholeNumber = (low: number, high: number) =>
  z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= low && Number(text) <= high, {
      error: `must be a whole number from ${low} to ${high}`,
    })
    .transform(Number);

const port = wholeNumber(1, 65_535);

function isUrl(text: string, protocols: string[]): boolean {
  const url = URL.parse(text);
  return url !== null && url.hostname !== "" && protocols.includes(url.protocol);
}

const databaseUrl = (user?: string) =>
  z
    .string()
    .refine((text) => isUrl(text, ["postgres:", "postgresql:"]), {
      error: "must look like postgres://user:password@host:5432/database",
    })
    .refine((text) => user === undefined || URL.parse(text)?.username === user, {
      error: `must sign in as the database role ${user}`,
    });

const origin = z
  .string()
  .refine((text) => isUrl(text, ["http:", "https:"]) && new URL(text).pathname === "/", {
    error: "must be a web address without a path, such as https://portal.example.com",
  })
  .transform((text) => new URL(text).origin);

/** A DER key in base64. */
const key = z.string().regex(/^[A-Za-z0-9+/]{40,}={0,2}$/, { error: "must be a key in base64" });

const emulatorUrl = z
  .string()
  .refine((text) => isUrl(text, ["http:"]), { error: "must be an http address" })
  .optional();

const EnvSchema = z.object({
  NODE_ENV: z
    .enum(["development", "production", "test"], {
      error: "must be development, production or test",
    })
    .optional(),
  DEMO: z.enum(["0", "1"], { error: "must be 1 or 0" }).optional(),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, { error: "must be an address of this machine, such as 127.0.0.1" })
    .default("127.0.0.1"),
  PORT: port.default(3000),
  PUBLIC_URL: origin.optional(),
  /** A proxy in front sets X-Forwarded-For; without one anybody could, so it is not read. */
  TRUST_PROXY: z.enum(["0", "1"], { error: "must be 1 or 0" }).default("0"),
  DATA_DIR: z.string().default(".data"),
  /** The administrator's: migrations only (decision 5). */
  DATABASE_URL: databaseUrl().optional(),
  WEB_DATABASE_URL: databaseUrl("belvedere_web").optional(),
  SIGNIN_DATABASE_URL: databaseUrl("belvedere_signin").optional(),
  WORKER_DATABASE_URL: databaseUrl("belvedere_worker").optional(),
  AUTH_SECRET: z.string().min(32, { error: "must have at least 32 characters" }).optional(),
  METRICS_TOKEN: z.string().min(16, { error: "must have at least 16 characters" }).optional(),
  AUDIT_KEY: key.optional(),
  KEY_PUBLIC: key.optional(),
  /** Opens vendors' secrets: in the worker's environment only (decision 32). */
  KEY_PRIVATE: key.optional(),
  SOPHOS_EMULATOR_URL: emulatorUrl,
  SNOW_EMULATOR_URL: emulatorUrl,
  /** The first of two in a row. */
  EMULATOR_PORT: wholeNumber(1, 65_534).optional(),
  LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"], {
      error: "must be debug, info, warn, error or silent",
    })
    .default("info"),
});

/** Every variable there is; .env.example lists the same. */
export const variableNames = Object.keys(EnvSchema.shape);

/** Capitals: a variable as it was set. The rest is derived from several. */
export type Env = z.output<typeof EnvSchema> & {
  demo: boolean;
  /** Where people reach the portal; links, cookies and the origin check use it. */
  origin: string;
  /** Loopback as a target of outgoing requests: the emulators' (decision 37). */
  allowLoopback: boolean;
};

type Variables = Record<string, string | undefined>;

/** An empty variable counts as absent, as in `PORT= npm start`. */
function present(source: Variables): Variables {
  return Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ""));
}

/** The address a browser can use: the two "every address" hosts cannot be opened. */
function browsableHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** What is wrong, one sentence per variable. Values are not repeated: they may be secrets. */
function complaints(source: Variables, issues: z.core.$ZodIssue[]): string[] {
  const demoOnOwnDatabase =
    source["DEMO"] === "1" && source["NODE_ENV"] === "production" && source["DATABASE_URL"];
  return [
    ...issues.map((issue) => `${issue.path.join(".")} ${issue.message}.`),
    ...(demoOnOwnDatabase
      ? ["DEMO=1 is refused with NODE_ENV=production and a DATABASE_URL of your own."]
      : []),
  ];
}

export function parseEnv(environment: Variables): Env {
  const source = present(environment);
  const parsed = EnvSchema.safeParse(source);
  const wrong = complaints(source, parsed.error?.issues ?? []);
  if (!parsed.success || wrong.length > 0) {
    throw Object.assign(new Error([...new Set(wrong)].join("\n")), { code: "env.invalid" });
  }
  const values = parsed.data;
  const ownDatabase = values.DATABASE_URL ?? values.WEB_DATABASE_URL ?? values.WORKER_DATABASE_URL;
  const demo = values.DEMO === undefined ? ownDatabase === undefined : values.DEMO === "1";
  return {
    ...values,
    demo,
    origin: values.PUBLIC_URL ?? `http://${browsableHost(values.HOST)}:${values.PORT}`,
    allowLoopback: demo || values.NODE_ENV === "test",
  };
}

let parsedOnce: Env | undefined;

export function env(): Env {
  parsedOnce ??= parseEnv(process.env);
  return parsedOnce;
}

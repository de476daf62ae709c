import type { Env } from "#server/env.ts";
import type { Secrets } from "./data-folder.ts";
import { passwordOf, urlForRole } from "./own-database.ts";

export type RolePasswords = Secrets["rolePasswords"];

/** Where the emulated vendors listen. */
export type EmulatorUrls = { sophos: string; snow: string };

export type Environments = {
  web: NodeJS.ProcessEnv;
  worker: NodeJS.ProcessEnv;
  demo: NodeJS.ProcessEnv;
  emulators: NodeJS.ProcessEnv;
};

/** Addresses given for single roles bring their own passwords. */
export function rolePasswords(env: Env, secrets: Secrets): RolePasswords {
  const given = (url: string | undefined, generated: string) => (url ? passwordOf(url) : generated);
  return {
    web: given(env.WEB_DATABASE_URL, secrets.rolePasswords.web),
    worker: given(env.WORKER_DATABASE_URL, secrets.rolePasswords.worker),
    signin: given(env.SIGNIN_DATABASE_URL, secrets.rolePasswords.signin),
  };
}

/** Whatever one process must not see. Empty rather than absent: Next.js fills absent ones from an .env file. */
const withheld = {
  DATABASE_URL: "",
  WEB_DATABASE_URL: "",
  SIGNIN_DATABASE_URL: "",
  WORKER_DATABASE_URL: "",
  AUTH_SECRET: "",
  NEXTAUTH_SECRET: "",
  METRICS_TOKEN: "",
  AUDIT_KEY: "",
  KEY_PUBLIC: "",
  KEY_PRIVATE: "",
};

/** Each process gets the database roles and keys it needs, and no other (decisions 5 and 32). */
export function environments(options: {
  env: Env;
  secrets: Secrets;
  adminUrl: string;
  passwords: RolePasswords;
  dataFolder: string;
  emulatorUrls: EmulatorUrls | undefined;
  isDevelopment: boolean;
}): Environments {
  const { env, secrets, adminUrl, passwords } = options;
  const web = env.WEB_DATABASE_URL ?? urlForRole(adminUrl, "web", passwords.web);
  const signin = env.SIGNIN_DATABASE_URL ?? urlForRole(adminUrl, "signin", passwords.signin);
  const worker = env.WORKER_DATABASE_URL ?? urlForRole(adminUrl, "worker", passwords.worker);
  const authSecret = env.AUTH_SECRET ?? secrets.AUTH_SECRET;
  const all: NodeJS.ProcessEnv = {
    ...process.env,
    ...withheld,
    NODE_ENV: options.isDevelopment ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
    HOST: env.HOST,
    PORT: String(env.PORT),
    PUBLIC_URL: env.PUBLIC_URL ?? "",
    DATA_DIR: options.dataFolder,
    DEMO: env.demo ? "1" : "0",
    SOPHOS_EMULATOR_URL: options.emulatorUrls?.sophos ?? "",
    SNOW_EMULATOR_URL: options.emulatorUrls?.snow ?? "",
  };
  const keys = {
    AUDIT_KEY: env.AUDIT_KEY ?? secrets.AUDIT_KEY,
    KEY_PUBLIC: env.KEY_PUBLIC ?? secrets.KEY_PUBLIC,
  };
  return {
    web: {
      ...all,
      ...keys,
      WEB_DATABASE_URL: web,
      SIGNIN_DATABASE_URL: signin,
      AUTH_SECRET: authSecret,
      NEXTAUTH_SECRET: authSecret,
      NEXTAUTH_URL: env.origin,
      METRICS_TOKEN: env.METRICS_TOKEN ?? secrets.METRICS_TOKEN,
    },
    worker: {
      ...all,
      ...keys,
      WORKER_DATABASE_URL: worker,
      KEY_PRIVATE: env.KEY_PRIVATE ?? secrets.KEY_PRIVATE,
    },
    // The demo is made by a process that plays administrator and people; no portal runs in it.
    demo: {
      ...all,
      NODE_ENV: "development",
      ...keys,
      DATABASE_URL: adminUrl,
      WEB_DATABASE_URL: web,
      SIGNIN_DATABASE_URL: signin,
      WORKER_DATABASE_URL: worker,
    },
    emulators: { ...all },
  };
}

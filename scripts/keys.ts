// `npm run -s keys`: prints fresh keys and passwords as the lines of an .env file, for processes that share no data folder.
import { rm } from "node:fs/promises";
import { readSecrets } from "./data-folder.ts";
import { temporaryFolder } from "./throw-away.ts";

const folder = await temporaryFolder("keys");
try {
  const { adminPassword, rolePasswords, ...keys } = await readSecrets(folder);
  const lines = {
    ...keys,
    POSTGRES_PASSWORD: adminPassword,
    WEB_PASSWORD: rolePasswords.web,
    SIGNIN_PASSWORD: rolePasswords.signin,
    WORKER_PASSWORD: rolePasswords.worker,
  };
  for (const [name, value] of Object.entries(lines)) console.log(`${name}=${value}`);
} finally {
  await rm(folder, { recursive: true });
}

// Runs the emulated vendors alone: `node emulators/start.ts [--port N]`.
import { parseArgs } from "node:util";
import { startSophosEmulator } from "#emulators/sophos/server.ts";
import { sophosPartners } from "#emulators/sophos/partners.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port must be a number from 0 to 65535, not "${values.port}".`);
  process.exit(1);
}

const emulator = await startSophosEmulator({ port }).catch((error: unknown) => {
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  console.error(isTaken ? `Port ${port} is taken; choose another with --port.` : error);
  return process.exit(1);
});

console.log(`Sophos Central Partner (emulated): ${emulator.url}`);
for (const { name, clientId, clientSecret, tenantCount } of Object.values(sophosPartners)) {
  console.log(`  ${name}: ${tenantCount} tenants, client id ${clientId}, client secret ${clientSecret}`);
}
console.log(
  `Faults: curl -X POST ${emulator.url}/__control -d '{"mode":"status","status":503}'; {"mode":"ok"} ends them.`,
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void emulator.close());
}

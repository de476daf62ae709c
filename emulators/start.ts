// Runs the emulated vendors alone: `node emulators/start.ts [--port N]`; Snow Atlas listens on the port after Sophos'.
import { parseArgs } from "node:util";
import { startSnowEmulator } from "#emulators/snow/server.ts";
import { snowRegistrations } from "#emulators/snow/systems.ts";
import { startSophosEmulator } from "#emulators/sophos/server.ts";
import { sophosPartners } from "#emulators/sophos/partners.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_534) {
  console.error(`--port must be a number from 0 to 65534, not "${values.port}".`);
  process.exit(1);
}

const emulators = await Promise.all([
  startSophosEmulator({ port }),
  startSnowEmulator({ port: port === 0 ? 0 : port + 1 }),
]).catch((error: unknown) => {
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  console.error(isTaken ? `Port ${port} or ${port + 1} is taken; choose others with --port.` : error);
  return process.exit(1);
});

const [sophos, snow] = emulators;
console.log(`Sophos Central Partner (emulated): ${sophos.url}`);
for (const { name, clientId, clientSecret, tenantCount } of Object.values(sophosPartners)) {
  console.log(`  ${name}: ${tenantCount} tenants, client id ${clientId}, client secret ${clientSecret}`);
}
console.log(`Snow Atlas (emulated): ${snow.url}`);
const registrations = snowRegistrations();
for (const { system, clientId, clientSecret } of registrations.slice(0, 2)) {
  console.log(`  ${system.name}: client id ${clientId}, client secret ${clientSecret}`);
}
console.log(`  and ${registrations.length - 2} more (emulators/snow/systems.ts)`);
console.log(
  `Faults: curl -X POST ${sophos.url}/__control -d '{"mode":"status","status":503}'; {"mode":"ok"} ends them.`,
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void Promise.all(emulators.map((emulator) => emulator.close())));
}

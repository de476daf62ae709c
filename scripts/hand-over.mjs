// Runs one of our TypeScript entry points under the pinned Node.js and passes signals and the exit code on.
import { spawn } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { prepare } from "./install.mjs";

export function handOver(entry) {
  const runtime = prepare();
  // `server-only` resolves to an empty file under this condition and throws without it.
  const child = spawn(
    runtime,
    ["-C", "react-server", join(import.meta.dirname, entry), ...process.argv.slice(2)],
    {
      stdio: "inherit",
      env: { ...process.env, PATH: [dirname(runtime), process.env.PATH].join(delimiter) },
    },
  );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => {
    process.stderr.write(`${runtime} could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}

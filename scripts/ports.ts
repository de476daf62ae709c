import { createServer } from "node:net";
import { refusal } from "./refusal.ts";

function listenOnce(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : port));
    });
  });
}

export function freePort(): Promise<number> {
  return listenOnce("127.0.0.1", 0);
}

/**
 * The first of `count` free ports in a row, below the range from which the system lends ports to outgoing connections, so
 * that they stay free.
 */
export async function lastingFreePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const first = 20_000 + Math.floor(Math.random() * 12_000);
    const isFree = await Promise.all(
      Array.from({ length: count }, (_, index) => listenOnce("127.0.0.1", first + index)),
    ).then(
      () => true,
      () => false,
    );
    if (isFree) return first;
  }
  throw refusal("No free ports from 20000 to 32000 were found on 127.0.0.1.");
}

/** Refuses, in one sentence, a port on which we could not listen. `setting` names what to change. */
export async function requireFreePort(host: string, port: number, setting: string): Promise<void> {
  const failure = await listenOnce(host, port).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error,
  );
  if (!failure) return;
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is taken: stop what uses it or set ${setting} to another one.`,
    EACCES: `Port ${port} on ${host} needs more rights than this user has: set ${setting} to 1024 or above.`,
    EADDRNOTAVAIL: `HOST ${host} is not an address of this machine.`,
    ENOTFOUND: `HOST ${host} is not an address of this machine.`,
    EAI_AGAIN: `HOST ${host} is not an address of this machine.`,
  };
  throw refusal(reasons[failure.code ?? ""] ?? `Port ${port} on ${host} cannot be used: ${failure.message}.`);
}

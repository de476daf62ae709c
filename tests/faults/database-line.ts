import { randomBytes } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";

/**
 * What the line between our processes and PostgreSQL does. `halfOpen`: connections stay and nothing passes any more, not
 * even later. `slow`: every piece waits.
 */
export type LineMode = "pass" | "cut" | "slow" | "halfOpen" | "garbage";

export type DatabaseLine = {
  port: number;
  set: (mode: LineMode) => void;
  close: () => void;
};

const slowMs = 150;

/** A small TCP proxy on loopback in front of the port that `target` gives at each new connection. */
export async function openDatabaseLine(target: () => Promise<number>): Promise<DatabaseLine> {
  let mode: LineMode = "pass";
  const pairs = new Set<{ client: Socket; server: Socket; isDeaf: boolean }>();

  async function accept(client: Socket): Promise<void> {
    client.on("error", () => client.destroy());
    if (mode === "cut") return void client.destroy();
    if (mode === "garbage") return void client.end(randomBytes(200));
    const port = await target().catch(() => 0);
    if (port === 0) return void client.destroy();
    const server = connect(port, "127.0.0.1");
    const pair = { client, server, isDeaf: mode === "halfOpen" };
    pairs.add(pair);
    const end = () => {
      if (pair.isDeaf && mode === "halfOpen") return;
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on("error", end).on("close", end);
      from.on("data", (piece: Buffer) => {
        if (pair.isDeaf) return;
        if (mode !== "slow") return void to.write(piece);
        from.pause();
        setTimeout(() => {
          to.write(piece);
          from.resume();
        }, slowMs);
      });
    }
  }

  const listener = createServer((client) => void accept(client));
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    set(next) {
      mode = next;
      for (const pair of pairs) {
        if (mode === "halfOpen") pair.isDeaf = true;
        if (mode === "garbage") pair.client.write(randomBytes(200));
        if (mode === "cut" || mode === "garbage") {
          pair.client.destroy();
          pair.server.destroy();
        }
      }
    },
    close() {
      listener.close();
      for (const { client, server } of pairs) [client, server].forEach((socket) => socket.destroy());
    },
  };
}

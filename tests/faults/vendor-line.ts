import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Random } from "./random.ts";

/** What stands between the worker and a vendor does with a call. */
export type VendorMode =
  | "pass"
  | "cut"
  | "slow"
  | "halfOpen"
  | "garbage"
  | "tooMany"
  | "serverError"
  | "halfErrors"
  | "huge";

export type VendorLine = {
  url: string;
  set: (mode: VendorMode) => void;
  /** Calls since the last time it was asked. */
  takeCalls: () => number;
  close: () => void;
};

const hugeBytes = 200 * 1024 * 1024;
const origins = /http:\/\/127\.0\.0\.1:\d+/g;

/** Sends 200 MB as one JSON text, as fast as it is taken. */
function sendHuge(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"items":["');
  const piece = Buffer.alloc(64 * 1024, "x");
  let sent = 0;
  const more = (): void => {
    while (sent < hugeBytes && !response.destroyed) {
      sent += piece.length;
      if (!response.write(piece)) return void response.once("drain", more);
    }
    response.end('"]}');
  };
  response.on("error", () => response.destroy());
  more();
}

/** True when the call was answered, or never will be. */
async function spoil(
  mode: VendorMode,
  random: Random,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const fail = (status: number, headers: Record<string, string> = {}) => {
    request.resume();
    response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end('{"error":"emulated"}');
    return true;
  };
  switch (mode) {
    case "pass":
      return false;
    case "cut":
      request.socket.destroy();
      return true;
    case "slow":
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return false;
    case "halfOpen":
      return true;
    case "garbage":
      request.socket.end(randomBytes(300));
      return true;
    case "tooMany":
      return fail(429, { "retry-after": "1" });
    case "serverError":
      return fail(500);
    case "halfErrors":
      return random() < 0.5 ? fail(random() < 0.5 ? 500 : 429) : false;
    case "huge":
      request.resume();
      sendHuge(response);
      return true;
  }
}

/** An HTTP proxy in front of one emulated vendor and every further address that its answers name. */
export async function openVendorLine(target: string, random: Random): Promise<VendorLine> {
  let mode: VendorMode = "pass";
  let calls = 0;
  const listeners: Server[] = [];
  const known = new Map<string, Promise<string>>();

  async function handle(origin: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    calls += 1;
    if (await spoil(mode, random, request, response)) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      typeof value === "string" && !["host", "connection", "content-length", "accept-encoding"].includes(name)
        ? [[name, value]]
        : [],
    );
    const answer = await fetch(origin + (request.url ?? "/"), {
      method: request.method ?? "GET",
      headers,
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const text = await answer.text();
    for (const found of new Set(text.match(origins))) await listen(found);
    const named = await Promise.all([...known].map(async ([from, to]) => [from, await to] as const));
    const body = text.replaceAll(origins, (found) => named.find(([from]) => from === found)?.[1] ?? found);
    const retryAfter = answer.headers.get("retry-after");
    response.writeHead(answer.status, {
      "content-type": answer.headers.get("content-type") ?? "application/json",
      ...(retryAfter && { "retry-after": retryAfter }),
    });
    response.end(body);
  }

  function listen(origin: string): Promise<string> {
    const there = known.get(origin);
    if (there) return there;
    const server = createServer((request, response) => {
      handle(origin, request, response).catch(() => response.destroy());
    });
    listeners.push(server);
    const url = new Promise<string>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(`http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`);
      });
    });
    known.set(origin, url);
    return url;
  }

  return {
    url: await listen(target),
    set(next) {
      mode = next;
    },
    takeCalls() {
      const taken = calls;
      calls = 0;
      return taken;
    },
    close() {
      for (const server of listeners) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

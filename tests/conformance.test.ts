import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { checkFile, conform } from "#scripts/conformance.ts";
import { openApiHandler } from "#server/api-docs/handler.ts";
import { operations } from "#server/api-docs/rules.ts";
import { hashToken, newToken } from "#server/auth/tokens.ts";
import { AppError } from "#server/errors.ts";
import { errorResponse } from "#server/route.ts";
import { pushSnapshot, snapshotStatus } from "#server/snapshots/handler.ts";
import { adminQuery } from "#tests/database.ts";
import { makeConnection, makeMember } from "#tests/factories.ts";

/** The handlers behind a real server and a real line, and a worker of its own. */
function answer(request: Request): Promise<Response> | Response {
  const { pathname } = new URL(request.url);
  const none = { params: Promise.resolve({}) };
  if (pathname === operations.openApi.path) return openApiHandler();
  if (pathname === operations.pushSnapshot.path) return pushSnapshot(request, none);
  const [, id] = /^\/api\/v1\/snapshots\/([^/]+)$/.exec(pathname) ?? [];
  if (id !== undefined) return snapshotStatus(request, { params: Promise.resolve({ id }) });
  return errorResponse(new AppError("request.notFound"), "en");
}
async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { method = "GET" } = incoming;
  const response = await answer(
    new Request(`http://127.0.0.1${incoming.url}`, {
      method,
      headers: incoming.headers as Record<string, string>,
      ...(method !== "GET" && { body: Readable.toWeb(incoming) as ReadableStream, duplex: "half" }),
    } as RequestInit),
  );
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

let server: Server;
let worker: ChildProcess;
let url: string;
beforeAll(async () => {
  server = createServer((incoming, outgoing) => void serve(incoming, outgoing)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  worker = spawn(process.execPath, ["-C", "react-server", "server/jobs/worker.ts"], {
    env: { ...process.env, LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  worker.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  for (const until = Date.now() + 30_000; !output.includes("worker ready"); await sleep(50))
    if (Date.now() > until) throw new Error(`the worker did not start: ${output}`);
});
afterAll(async () => {
  worker.kill("SIGKILL");
  server.close();
  await closeDatabase();
});

async function makeToken(expiresAt: Date, permissions = ["snapshot:push"]): Promise<string> {
  const { partnerId, membershipId } = await makeMember();
  const { id } = await makeConnection({ partnerId, vendor: "push", name: "RMM", nextRunAt: "infinity" });
  const token = newToken();
  await adminQuery(
    "insert into api_token (partner_id, membership_id, name, token_hash, permissions, connection_id, expires_at) values ($1, $2, 'RMM', $3, $4, $5, $6)",
    [partnerId, membershipId, hashToken(token), permissions, id, expiresAt],
  );
  return token;
}
const tomorrow = () => new Date(Date.now() + 86_400_000);

describe("the conformance checks", () => {
  test("pass against the portal's own handlers and worker", async () => {
    const token = await makeToken(tomorrow());
    const expired = await makeToken(new Date(Date.now() - 1000));
    const outcomes = await conform({ url, token, expired, account: "conformance-check" });
    expect(outcomes.filter(({ state }) => state !== "passed")).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(20);
    const customers = await adminQuery<{ name: string }>(
      "select c.name from customer c join vendor_account a on a.customer_id = c.id where a.external_id = 'conformance-check'",
    );
    expect(customers).toEqual([{ name: expect.stringContaining("株式会社") }]);
  }, 120_000);

  test("fail where the token may not push, and say what was answered", async () => {
    const token = await makeToken(tomorrow(), ["customer:list"]);
    const outcomes = await conform({ url, token, expired: undefined, account: "conformance-check" });
    const failed = outcomes.filter(({ state }) => state === "failed");
    expect(failed.length).toBeGreaterThan(10);
    expect(failed[0]?.why).toMatch(/403.*permission\.denied/);
    expect(outcomes.find(({ name }) => name.includes("expired"))?.state).toBe("skipped");
  });

  test("fail where nothing answers", async () => {
    const outcomes = await conform({
      url: "http://127.0.0.1:1",
      token: "x",
      expired: undefined,
      account: "a",
    });
    expect(outcomes.every(({ state }) => state !== "passed")).toBe(true);
  });
});

describe("a source's own file", () => {
  const bytes = (value: unknown) =>
    new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
  const example = operations.pushSnapshot.body?.examples["full"];
  test("that is good has no problems", () => expect(checkFile(bytes(example), new Date())).toEqual({}));
  test.each<[unknown, string]>([
    [{ ...example, extra: 1 }, "$.extra"],
    [{ ...example, takenAt: "2999-01-01T00:00:00Z" }, "$.takenAt"],
    ["{", "$"],
    ["[".repeat(50), "$"],
    [`[${"{},".repeat(1_000_000)}{}]`, "$"],
  ])("%#", (value, path) => {
    expect(Object.keys(checkFile(bytes(value), new Date()))).toEqual([path]);
  });
});

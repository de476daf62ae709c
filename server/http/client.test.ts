// The HTTP client against a server that misbehaves in every way the client must survive.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createHttpClient, parseRetryAfter, type HttpClient, type HttpClientOptions } from "./client.ts";
import { VendorError } from "./errors.ts";

let server: Server;
let other: Server;
let base = "";
let otherBase = "";
let answer: RequestListener = () => undefined;
let seen: IncomingMessage[] = [];
let seenByOther = 0;
const clients: HttpClient[] = [];

async function listen(listener: RequestListener): Promise<[Server, string]> {
  const created = createServer(listener);
  await new Promise<void>((done) => created.listen(0, "127.0.0.1", done));
  return [created, `http://127.0.0.1:${(created.address() as AddressInfo).port}`];
}

beforeAll(async () => {
  [server, base] = await listen((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  [other, otherBase] = await listen((_, response) => {
    seenByOther += 1;
    json(response, 200, {});
  });
});

afterEach(async () => {
  seen = [];
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

afterAll(() => {
  for (const each of [server, other]) {
    each.closeAllConnections();
    each.close();
  }
});

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers })
    .end(JSON.stringify(body));
}

function make(options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({
    hosts: [],
    allowLoopback: true,
    headersMs: 300,
    bodyMs: 300,
    backoffMs: 2,
    maxRetryAfterSeconds: 2,
    ...options,
  });
  clients.push(client);
  return client;
}

function get(
  options: Partial<HttpClientOptions> = {},
  path = "/v1/things?token=hidden",
  signal = new AbortController().signal,
) {
  return make(options).getJson(new URL(path, base), { signal, headers: { authorization: "Bearer canary" } });
}

async function failed(promise: Promise<unknown>): Promise<VendorError> {
  const error = await promise.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof VendorError)) throw new Error(`no VendorError: ${String(error)}`);
  expect(`${error.message} ${error.detail}`).not.toMatch(/canary|hidden/);
  return error;
}

describe("answers", () => {
  it("parses JSON and sends the headers given", async () => {
    answer = (_, response) => json(response, 200, { name: "Zürich" });
    expect(await get()).toEqual({ name: "Zürich" });
    expect(seen[0]?.headers.authorization).toBe("Bearer canary");
  });

  it("posts a form", async () => {
    const bodies: string[] = [];
    answer = async (request, response) => {
      bodies.push((await request.toArray()).join(""));
      json(response, 200, { ok: true });
    };
    await make().postForm(new URL(base), { a: "1 2", b: "ü" }, { signal: new AbortController().signal });
    expect(bodies).toEqual(["a=1+2&b=%C3%BC"]);
  });

  it.each([
    [401, "vendor.credentials"],
    [403, "vendor.forbidden"],
    [404, "vendor.notFound"],
    [410, "vendor.notFound"],
    [400, "vendor.failed"],
  ])("%i is %s at once", async (status, code) => {
    answer = (_, response) => json(response, status, { error: "canary" });
    expect(await failed(get())).toMatchObject({
      code,
      status,
      detail: expect.stringContaining("GET 127.0.0.1"),
    });
    expect(seen).toHaveLength(1);
  });

  it("500 is retried, then vendor.failed", async () => {
    answer = (_, response) => json(response, 500, {});
    expect(await failed(get({ maxRetries: 2 }))).toMatchObject({ code: "vendor.failed", status: 500 });
    expect(seen).toHaveLength(3);
  });

  it("heals when a retry succeeds", async () => {
    answer = (request, response) =>
      seen.length < 3 ? request.socket.destroy() : json(response, 200, { ok: true });
    expect(await get()).toEqual({ ok: true });
  });

  it("429 without Retry-After is retried, then vendor.throttled", async () => {
    answer = (_, response) => json(response, 429, {});
    expect(await failed(get())).toMatchObject({ code: "vendor.throttled", retryAfterSeconds: null });
    expect(seen).toHaveLength(4);
  });

  it("waits as long as Retry-After says", async () => {
    answer = (_, response) =>
      seen.length === 1 ? json(response, 429, {}, { "retry-after": "1" }) : json(response, 200, {});
    const start = performance.now();
    await get();
    expect(performance.now() - start).toBeGreaterThan(950);
  });

  it("does not wait for a Retry-After beyond the bound", async () => {
    answer = (_, response) => json(response, 503, {}, { "retry-after": "3600" });
    expect(await failed(get())).toMatchObject({ code: "vendor.failed", retryAfterSeconds: 3600 });
    expect(seen).toHaveLength(1);
  });

  it("stops retrying when the budget is used up", async () => {
    answer = (_, response) => json(response, 500, {});
    const client = make({ backoffMs: 0 });
    const signal = new AbortController().signal;
    for (let n = 0; n < 30; n += 1) await failed(client.getJson(new URL(base), { signal }));
    expect(seen.length).toBeLessThan(30 + 20 + 30 * 0.2 + 1);
  });

  it.each([
    [
      "HTML",
      (response: ServerResponse) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    ],
    ["no content type", (response: ServerResponse) => response.writeHead(200).end("{}")],
    [
      "broken JSON",
      (response: ServerResponse) =>
        response.writeHead(200, { "content-type": "application/json" }).end('{"a":'),
    ],
  ])("%s is vendor.malformed", async (_, write) => {
    answer = (_request, response) => void write(response);
    expect(await failed(get())).toMatchObject({ code: "vendor.malformed", status: 200 });
    expect(seen).toHaveLength(1);
  });

  it("half a body is vendor.malformed after retries", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write('{"items":[');
      setTimeout(() => response.destroy(), 5);
    };
    expect(await failed(get({ maxRetries: 1 }))).toMatchObject({ code: "vendor.malformed" });
    expect(seen).toHaveLength(2);
  });

  it.each([
    ["never answers", () => undefined],
    [
      "never ends",
      (response: ServerResponse) => {
        response.writeHead(200, { "content-type": "application/json" });
        const drip = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(drip));
      },
    ],
  ])("a server that %s is vendor.unreachable in time", async (_, write) => {
    answer = (_request, response) => void write(response);
    const start = performance.now();
    expect(await failed(get())).toMatchObject({ code: "vendor.unreachable" });
    expect(performance.now() - start).toBeLessThan(2_500);
  });

  it("a body over the cap is vendor.tooLarge, without reading it all", async () => {
    let written = 0;
    answer = (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const more = (): void => {
        while (!response.destroyed && written < 200_000_000) {
          written += 65_536;
          if (!response.write(" ".repeat(65_536))) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    };
    expect(await failed(get({ maxBodyBytes: 1_000_000, bodyMs: 5_000 }))).toMatchObject({
      code: "vendor.tooLarge",
    });
    expect(written).toBeLessThan(50_000_000);
  });

  it("nobody listening is vendor.unreachable", async () => {
    const [gone, url] = await listen(() => undefined);
    await new Promise((done) => gone.close(done));
    const signal = new AbortController().signal;
    expect(await failed(make().getJson(new URL(url), { signal }))).toMatchObject({
      code: "vendor.unreachable",
    });
  });
});

describe("where requests may go", () => {
  it("follows a redirect within the origin only", async () => {
    answer = (request, response) =>
      request.url === "/moved"
        ? json(response, 200, { moved: true })
        : json(response, 302, {}, { location: "/moved" });
    expect(await get()).toEqual({ moved: true });
    answer = (_, response) => json(response, 302, {}, { location: `${otherBase}/steal` });
    expect(await failed(get())).toMatchObject({ code: "vendor.blocked" });
    expect(seenByOther).toBe(0);
    answer = (_, response) => json(response, 302, {}, { location: "/again" });
    expect(await failed(get())).toMatchObject({ code: "vendor.endless" });
  });

  it("refuses an allowed name that resolves to a closed address when it connects", async () => {
    const signal = new AbortController().signal;
    const url = new URL(base.replace("http://127.0.0.1", "https://localhost"));
    const error = await failed(make({ hosts: ["localhost"], allowLoopback: false }).getJson(url, { signal }));
    expect(error).toMatchObject({ code: "vendor.blocked", detail: "localhost: address not public" });
    expect(seen).toHaveLength(0);
  });
});

describe("stopping and pacing", () => {
  it("ends at once when the caller aborts, and blames no vendor", async () => {
    answer = (_, response) => json(response, 503, {}, { "retry-after": "2" });
    const stop = new AbortController();
    const pending = get({}, "/", stop.signal);
    setTimeout(() => stop.abort(new Error("stopped")), 50);
    const start = performance.now();
    await expect(pending).rejects.toThrow(/abort|stopped/);
    await expect(pending).rejects.not.toBeInstanceOf(VendorError);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it("keeps to the pace", async () => {
    answer = (_, response) => json(response, 200, {});
    const client = make({ maxPerSecond: 50 });
    const signal = new AbortController().signal;
    const start = performance.now();
    await Promise.all(Array.from({ length: 11 }, () => client.getJson(new URL(base), { signal })));
    expect(performance.now() - start).toBeGreaterThan(190);
  });
});

describe("calls that are counted", () => {
  const counted = () => {
    const told: (string | number)[] = [];
    return {
      told,
      calls: {
        take: async () => void told.push("take"),
        pause: async (seconds: number) => void told.push(seconds),
      },
    };
  };

  it("asks before every attempt, and hands on the silence that the vendor wants", async () => {
    const { told, calls } = counted();
    answer = (_, response) =>
      seen.length === 1 ? json(response, 429, {}, { "retry-after": "1" }) : json(response, 200, {});
    await get({ calls });
    expect(told).toEqual(["take", 1, "take"]);
  });

  it("hands on a silence that is too long to wait for, and a short one of its own where the vendor says no time", async () => {
    const { told, calls } = counted();
    answer = (_, response) => json(response, 503, {}, { "retry-after": "3600" });
    await failed(get({ calls }));
    answer = (_, response) => json(response, 429, {});
    await failed(get({ calls, maxRetries: 0 }));
    answer = (_, response) => json(response, 500, {});
    await failed(get({ calls, maxRetries: 0 }));
    expect(told).toEqual(["take", 3600, "take", expect.any(Number), "take"]);
    expect(told[3]).toBeLessThan(1);
  });

  it("makes no call that it was not given", async () => {
    answer = (_, response) => json(response, 200, {});
    const calls = {
      take: () => Promise.reject(new VendorError("vendor.throttled", "silence")),
      pause: async () => undefined,
    };
    await failed(get({ calls }));
    expect(seen).toHaveLength(0);
  });
});

describe("parseRetryAfter", () => {
  it("reads seconds and dates, and nothing else", () => {
    const now = Date.parse("2026-11-21T10:00:00Z");
    expect(parseRetryAfter("120", now)).toBe(120);
    expect(parseRetryAfter("Sat, 21 Nov 2026 10:00:30 GMT", now)).toBe(30);
    expect(parseRetryAfter("Sat, 21 Nov 2026 09:00:00 GMT", now)).toBe(0);
    expect(parseRetryAfter("soon", now)).toBeNull();
  });
});

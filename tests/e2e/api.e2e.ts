import { expect, languages, people, resources, send, test, type Language } from "./portal.ts";

const json = { "content-type": "application/json" };
const login = "/api/login";
const listed = "/api/trpc/customers.list";

type Case = {
  name: string;
  path: string;
  status: number;
  code: string;
  method?: string;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
};

const post = (
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = json,
) => ({ path, method: "POST", body, headers });
const deep = `${"[".repeat(40)}${"]".repeat(40)}`;
const input = (value: string) => `${listed}?input=${encodeURIComponent(value)}`;

const cases: Case[] = [
  { name: "malformed JSON", ...post(login, '{"email":'), status: 400, code: "request.malformed" },
  { name: "JSON that is no object", ...post(login, "[1]"), status: 400, code: "request.invalid" },
  { name: "fields missing", ...post(login, "{}"), status: 400, code: "request.invalid" },
  {
    name: "fields of the wrong kind",
    ...post(login, '{"email":{"$ne":1},"password":[]}'),
    status: 400,
    code: "request.invalid",
  },
  {
    name: "a wrong content type",
    ...post(login, "{}", { "content-type": "text/plain" }),
    status: 415,
    code: "request.unsupportedType",
  },
  {
    name: "no content type",
    ...post(login, new TextEncoder().encode("{}"), {}),
    status: 415,
    code: "request.unsupportedType",
  },
  {
    name: "a foreign origin",
    ...post(login, "{}", { ...json, origin: "https://evil.example" }),
    status: 403,
    code: "auth.originMismatch",
  },
  {
    name: "an opaque origin",
    ...post(login, "{}", { ...json, origin: "null" }),
    status: 403,
    code: "auth.originMismatch",
  },
  {
    name: "a body over 1 MB",
    ...post(login, `{"email":"${"a".repeat(1_100_000)}"}`),
    status: 413,
    code: "request.tooLarge",
  },
  {
    name: "NUL in text",
    ...post(login, '{"email":"a\\u0000@b.example","password":"x"}'),
    status: 400,
    code: "request.malformed",
  },
  {
    name: "a lone surrogate",
    ...post(login, '{"email":"a@b.example","password":"\\ud800"}'),
    status: 400,
    code: "request.malformed",
  },
  {
    name: "bytes that are no UTF-8",
    ...post(login, new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])),
    status: 400,
    code: "request.malformed",
  },
  {
    name: "JSON nested too deep",
    ...post(login, `{"email":${deep}}`),
    status: 400,
    code: "request.malformed",
  },
  { name: "an unknown procedure", path: "/api/trpc/nothing.here", status: 404, code: "request.notFound" },
  {
    name: "a mutation by GET",
    path: "/api/trpc/sync.startAll?input=%7B%7D",
    status: 405,
    code: "request.methodNotAllowed",
  },
  { name: "a query by POST", ...post(listed, "{}"), status: 405, code: "request.methodNotAllowed" },
  {
    name: "a batch that is too large",
    path: `/api/trpc/${Array.from({ length: 25 }, () => "customers.list").join(",")}?batch=1&input=%7B%7D`,
    status: 413,
    code: "request.tooLarge",
  },
  { name: "an input that is no JSON", path: input("{bad"), status: 400, code: "request.malformed" },
  { name: "an unknown field", path: input('{"nope":1}'), status: 400, code: "request.invalid" },
  { name: "a wrong value", path: input('{"sort":"password"}'), status: 400, code: "request.invalid" },
  { name: "NUL in a search", path: input('{"q":"a\\u0000"}'), status: 400, code: "request.malformed" },
  { name: "a cursor that is none", path: input('{"after":"garbage"}'), status: 400, code: "request.invalid" },
  {
    name: "a forged cursor",
    path: input(
      JSON.stringify({ sort: "devicesTotal", after: btoa(JSON.stringify(["x", crypto.randomUUID()])) }),
    ),
    status: 400,
    code: "request.invalid",
  },
  {
    name: "a customer's id that is none",
    path: `/api/trpc/customers.byId?input=${encodeURIComponent('{"customerId":"1 or 1=1"}')}`,
    status: 400,
    code: "request.invalid",
  },
  {
    name: "a mutation from a foreign origin",
    ...post("/api/trpc/sync.startAll", "{}", { ...json, origin: "https://evil.example" }),
    status: 403,
    code: "auth.originMismatch",
  },
  {
    name: "a mutation that is no JSON",
    ...post("/api/trpc/sync.startAll", "x=1", { "content-type": "application/x-www-form-urlencoded" }),
    status: 415,
    code: "request.unsupportedType",
  },
  { name: "a synchronisation of nothing", ...post("/api/sync", "{}"), status: 400, code: "request.invalid" },
  {
    name: "a synchronisation asked for by another site",
    ...post("/api/sync", "all=1", {
      "content-type": "application/x-www-form-urlencoded",
      origin: "https://evil.example",
    }),
    status: 403,
    code: "auth.originMismatch",
  },
  {
    name: "a membership that is none",
    ...post("/api/membership", '{"membershipId":"1"}'),
    status: 400,
    code: "request.invalid",
  },
  {
    name: "somebody else's membership",
    ...post("/api/membership", JSON.stringify({ membershipId: crypto.randomUUID() })),
    status: 404,
    code: "membership.notFound",
  },
  {
    name: "an import that does not exist",
    ...post(`/api/import/${crypto.randomUUID()}/start`, ""),
    status: 404,
    code: "import.notFound",
  },
  {
    name: "an import whose id is none",
    ...post("/api/import/1/mapping", "{}"),
    status: 404,
    code: "import.notFound",
  },
  {
    name: "rejected rows of no import",
    path: `/api/import/${crypto.randomUUID()}/rejected.csv`,
    status: 404,
    code: "import.notFound",
  },
  {
    name: "an upload that is no form",
    ...post("/api/import", "{}"),
    status: 415,
    code: "request.unsupportedType",
  },
  {
    name: "an upload without a file",
    ...post("/api/import", "--x--\r\n", { "content-type": "multipart/form-data; boundary=x" }),
    status: 400,
    code: "request.malformed",
  },
  {
    name: "a return address that is none",
    path: "/api/auth/signin?callbackUrl=http%3A%2F%2F%5B",
    status: 400,
    code: "request.invalid",
  },
  {
    name: "a return address in a cookie",
    path: "/api/auth/session",
    headers: { cookie: "next-auth.callback-url=http%3A%2F%2F%5B" },
    status: 400,
    code: "request.invalid",
  },
  {
    name: "a return address elsewhere",
    path: "/api/auth/signin?callbackUrl=https%3A%2F%2Fevil.example",
    status: 400,
    code: "request.invalid",
  },
];

/** `{"error":{code,message,supportId}}`; tRPC has the same object under `data`. */
function errorIn(text: string): { code: string; message: string; supportId: string } {
  const { error } = JSON.parse(text) as { error: { data?: unknown } };
  return (error.data ?? error) as { code: string; message: string; supportId: string };
}

function messageOf(language: Language, code: string): string {
  const [noun = "", problem = ""] = code.split(".");
  const group = resources[language].errors[noun as keyof (typeof resources)["en"]["errors"]];
  return typeof group === "string" ? group : String(group[problem as keyof typeof group]);
}

test("whatever is sent, the answer is a 4xx that says what is wrong in the caller's language, and data stay", async ({
  as,
  baseURL,
}) => {
  const caller = await as("lagune");
  // The demo's first synchronisations may still go on.
  await expect
    .poll(async () => (await caller.query<unknown[]>("sync.live", {})).length, { timeout: 30_000 })
    .toBe(0);
  const before = await caller.get(`${listed}?input=%7B%22pageSize%22%3A100%7D`);
  for (const [index, { name, path, method = "GET", body, headers = {}, status, code }] of cases.entries()) {
    const language = languages[index % languages.length] ?? "en";
    const response = await send(baseURL + path, {
      method,
      redirect: "manual",
      ...(body !== undefined && { body }),
      headers: { cookie: caller.cookie, "accept-language": language, ...headers },
    });
    const text = await response.text();
    expect.soft(response.status, `${name}: ${text.slice(0, 200)}`).toBe(status);
    expect.soft(response.headers.get("content-type"), name).toContain("application/json");
    expect.soft(text, name).not.toMatch(/node_modules|\.ts:|select |ECONN|stack/i);
    if (!response.headers.get("content-type")?.includes("json")) continue;
    const error = errorIn(text);
    expect.soft(error.code, name).toBe(code);
    expect.soft(error.message, name).toBe(messageOf(language, code));
    expect.soft(error.supportId, name).toMatch(/^[0-9a-f-]{36}$/);
  }
  const counts = (text: string) =>
    (JSON.parse(text) as { result: { data: { counts: unknown; rows: { id: string }[] } } }).result.data;
  const after = await caller.get(`${listed}?input=%7B%22pageSize%22%3A100%7D`);
  expect(counts(after.text).counts).toEqual(counts(before.text).counts);
  expect(counts(after.text).rows.map(({ id }) => id)).toEqual(counts(before.text).rows.map(({ id }) => id));
});

test("methods and addresses that do not exist are 4xx", async ({ as, baseURL }) => {
  const { cookie } = await as("lagune");
  for (const [method, path, status] of [
    ["GET", login, 405],
    ["DELETE", "/api/logout", 405],
    ["PUT", "/api/sync", 405],
    ["GET", "/api/nothing", 404],
    ["PATCH", listed, 405],
    ["GET", "/api/auth/nothing/at/all", 404],
  ] as const) {
    const response = await send(baseURL + path, { method, headers: { cookie } });
    expect.soft(response.status, `${method} ${path}`).toBe(status);
  }
  for (const path of [
    "/en/%ff",
    "/en/customers/%ff",
    "/en/customers/%00",
    "/%ff",
    "/en/customers/..%2f..%2fetc",
  ]) {
    const { status } = await send(baseURL + path, { headers: { cookie } });
    expect.soft(status, path).toBeGreaterThanOrEqual(400);
    expect.soft(status, path).toBeLessThan(500);
  }
});

test("without a session every procedure and route asks to sign in", async ({ baseURL }) => {
  for (const language of languages) {
    for (const path of [
      "/api/trpc/customers.list?input=%7B%7D",
      "/api/trpc/imports.list?input=%7B%7D",
      `/api/import/${crypto.randomUUID()}/rejected.csv`,
    ]) {
      const response = await send(baseURL + path, {
        headers: { "accept-language": language, cookie: "belvedere-session=x" },
      });
      expect(response.status, path).toBe(401);
      expect(errorIn(await response.text())).toMatchObject({
        code: "auth.required",
        message: resources[language].errors.auth.required,
      });
    }
    for (const path of [
      "/api/trpc/sync.startAll",
      "/api/sync",
      "/api/membership",
      `/api/import/${crypto.randomUUID()}/start`,
    ]) {
      const response = await send(baseURL + path, {
        method: "POST",
        body: "{}",
        headers: { ...json, "accept-language": language },
      });
      expect(response.status, path).toBe(401);
    }
  }
});

test("a body that does not say its size is cut off where it is too large", async ({ baseURL }) => {
  const part = new Uint8Array(100_000).fill(97);
  let parts = 0;
  const body = new ReadableStream({
    pull(controller) {
      parts += 1;
      if (parts > 20) controller.close();
      else controller.enqueue(part);
    },
  });
  const response = await fetch(baseURL + login, {
    method: "POST",
    body,
    headers: json,
    duplex: "half",
  } as RequestInit);
  expect(response.status).toBe(413);
});

test("wrong passwords slow the account down and say how long to wait", async ({ baseURL }) => {
  const email = `slow-${Date.now()}@alpina.example`;
  const attempt = (who: string) =>
    send(baseURL + login, {
      method: "POST",
      body: JSON.stringify({ email: who, password: "wrong" }),
      headers: { ...json, "accept-language": "fr" },
    });
  const answers: number[] = [];
  let last: Response | undefined;
  for (let count = 0; count < 11; count += 1) {
    last = await attempt(email);
    answers.push(last.status);
  }
  expect(answers).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(errorIn((await last?.text()) ?? "")).toMatchObject({
    code: "auth.throttled",
    message: resources.fr.errors.auth.throttled,
  });
  const known = await send(baseURL + login, {
    method: "POST",
    body: JSON.stringify({ email: people.lagune, password: "belvedere-demo" }),
    headers: json,
  });
  expect(known.status).toBe(204);
});

test("health and readiness answer without a session", async ({ request }) => {
  expect((await request.get("/healthz")).status()).toBe(200);
  expect((await request.get("/readyz")).status()).toBe(200);
});

// The emulator speaks the vendor's wire format: scopes, both ways of paging, error bodies, and a stable world.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { usageLines } from "./billing.ts";
import { startSophosEmulator } from "./server.ts";
import type { SophosEmulator } from "./server.ts";
import { sophosPartners } from "./partners.ts";
import { alpinaManagedCustomers, tenantsOf } from "./tenants.ts";

const { alpina, lagune } = sophosPartners;
let emulator: SophosEmulator;
let token: Record<string, unknown> = {};
let bearer = "";

beforeAll(async () => {
  emulator = await startSophosEmulator({ port: 0, today: "2026-11-21" });
  const form = {
    grant_type: "client_credentials",
    client_id: alpina.clientId,
    client_secret: alpina.clientSecret,
    scope: "token",
  };
  const answer = await fetch(`${emulator.url}/api/v2/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams(form),
  });
  token = (await answer.json()) as Record<string, unknown>;
  bearer = `Bearer ${String(token["access_token"])}`;
});
afterAll(() => emulator.close());

type Body = Record<string, unknown> & { items: Record<string, unknown>[]; pages: Record<string, unknown> };
async function get(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Body }> {
  const answer = await fetch(new URL(url, emulator.url), { headers: { authorization: bearer, ...headers } });
  return { status: answer.status, body: (await answer.json()) as Body };
}

describe("scopes", () => {
  it("gives a token in the vendor's words", () => {
    expect(token).toMatchObject({ token_type: "bearer", expires_in: 3600, errorCode: "success" });
  });

  it("refuses missing and wrong tokens and scope headers with the vendor's body", async () => {
    expect((await get("/whoami/v1", { authorization: "Bearer a.b" })).status).toBe(401);
    const missing = await get("/partner/v1/tenants");
    expect(missing).toMatchObject({
      status: 401,
      body: { error: "Unauthorized", message: expect.any(String), requestId: expect.any(String) },
    });
    expect((await get("/partner/v1/tenants", { "x-partner-id": lagune.id })).status).toBe(401);
    expect((await get("/whoami/v1")).body).toMatchObject({
      id: alpina.id,
      idType: "partner",
      apiHosts: { global: emulator.url },
    });
  });

  it("serves a tenant on its own host only, and never another partner's", async () => {
    const { items } = (await get("/partner/v1/tenants?pageSize=1", { "x-partner-id": alpina.id })).body;
    const host = String(items[0]?.["apiHost"]);
    expect(new URL(host).pathname).toBe("/");
    expect(new URL(host).origin).not.toBe(emulator.url);
    const path = `${host}/endpoint/v1/endpoints?pageSize=20`;
    expect((await get(path)).status).toBe(401);
    expect((await get(path, { "x-tenant-id": tenantsOf("lagune")[0]?.id ?? "" })).status).toBe(403);
    const first = await get(path, { "x-tenant-id": String(items[0]?.["id"]) });
    expect(first.body.items).toHaveLength(20);
    const rest = await get(`${path}&pageFromKey=${String(first.body.pages["nextKey"])}`, {
      "x-tenant-id": String(items[0]?.["id"]),
    });
    expect(rest.body.items).toHaveLength(8);
    expect(rest.body.pages).not.toHaveProperty("nextKey");
  });
});

describe("lists", () => {
  it("pages tenants by number", async () => {
    const { body } = await get("/partner/v1/tenants?pageTotal=true&pageSize=100&page=20", {
      "x-partner-id": alpina.id,
    });
    expect(body.pages).toEqual({ current: 20, size: 100, total: 20, items: 1_960, maxSize: 100 });
    expect(body.items).toHaveLength(60);
    expect((await get("/partner/v1/tenants?pageSize=101", { "x-partner-id": alpina.id })).status).toBe(400);
  });

  it("has a bill for a year, and 404 beyond", async () => {
    const status = async (month: string) =>
      (await get(`/partner/v1/billing/usage/${month}?pageSize=1`, { "x-partner-id": alpina.id })).status;
    expect([
      await status("2026/11"),
      await status("2026/01"),
      await status("2025/11"),
      await status("2025/10"),
      await status("2026/12"),
    ]).toEqual([200, 200, 200, 404, 404]);
    expect(usageLines("alpina", "2026-11", "2026-11-01")).toBeNull();
  });
});

describe("the world", () => {
  it("holds what the demo relies on", () => {
    const named = (partner: "alpina" | "lagune", name: string) =>
      tenantsOf(partner).filter((tenant) => tenant.name === name);
    expect(named("alpina", "Bottega Rossi")).toMatchObject([
      { billing: "term", domain: "bottega-rossi.example", size: 28, silent: 1 },
    ]);
    expect(named("alpina", "Atelier Marchand")[0]?.contact.email).toBe("admin@atelier-marchand.example");
    expect(named("lagune", "Atelier Marchand")[0]?.domain).toBe("atelier-marchand.example");
    const domains = new Set(tenantsOf("alpina").map(({ domain }) => domain));
    expect(domains.size).toBe(alpina.tenantCount);
    expect(tenantsOf("lagune").filter(({ domain }) => domains.has(domain))).toHaveLength(3);
    const managed = alpinaManagedCustomers();
    expect(managed).toHaveLength(60);
    expect(managed.map(({ externalId }) => externalId)).toEqual(
      Array.from({ length: 60 }, (_, n) => `ALP-${String(n + 1).padStart(4, "0")}`),
    );
    const names = tenantsOf("alpina").map(({ name }) => name);
    expect(names.length - new Set(names).size).toBe(12);
  });
});

// The emulator speaks the vendor's wire format: tokens and their limits, entitlements, paging, filters, error bodies, and a stable world.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tenantsOf } from "#emulators/sophos/tenants.ts";
import { startSnowEmulator } from "./server.ts";
import type { SnowEmulator } from "./server.ts";
import { snowRegistrations, testRegistrations } from "./systems.ts";
import type { Registration } from "./systems.ts";

const { small } = testRegistrations();
const samOnly = findRegistration(({ system }) => system.hasSam && !system.hasSaas);
const saasOnly = findRegistration(({ system }) => !system.hasSam);
let emulator: SnowEmulator;

beforeAll(async () => {
  emulator = await startSnowEmulator({ port: 0, today: "2026-11-21", tokensPerMinute: 20, liveTokens: 2 });
});
afterAll(() => emulator.close());

function findRegistration(isMeant: (registration: Registration) => boolean): Registration {
  const found = snowRegistrations().find(isMeant);
  if (!found) throw new Error("no such system");
  return found;
}

async function askToken(
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
  more: Record<string, string> = {},
) {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
    ...more,
  });
  const answer = await fetch(`${emulator.url}/idp/api/connect/token`, { method: "POST", body });
  return {
    status: answer.status,
    retryAfter: answer.headers.get("retry-after"),
    body: (await answer.json()) as Record<string, unknown>,
  };
}

type Body = Record<string, unknown> & { items: Record<string, unknown>[]; pagination: object };
async function get(path: string, token: unknown, method = "GET"): Promise<{ status: number; body: Body }> {
  const answer = await fetch(`${emulator.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${String(token)}` },
  });
  return { status: answer.status, body: (await answer.json()) as Body };
}
const tokenOf = async (registration: Registration): Promise<unknown> =>
  (await askToken(registration)).body["access_token"];

describe("tokens", () => {
  it("are given for client credentials, with an identity token that names the system where it is asked for", async () => {
    const plain = await askToken(samOnly);
    expect(plain).toMatchObject({ status: 200, body: { token_type: "Bearer", expires_in: 3600 } });
    expect(plain.body).not.toHaveProperty("id_token");
    const [, payload = ""] = String((await askToken(samOnly, { scope: "openid" })).body["id_token"]).split(
      ".",
    );
    expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({
      tenant: samOnly.system.id,
      tenant_name: samOnly.system.name,
      region: samOnly.system.region,
    });
  });

  it.each([
    [{ client_secret: "wrong" }, "invalid_client"],
    [{ client_id: "nobody" }, "invalid_client"],
    [{ grant_type: "password" }, "unsupported_grant_type"],
  ])("are refused with 400 for %j", async (more, error) => {
    expect(await askToken(samOnly, more)).toMatchObject({ status: 400, body: { error } });
  });

  it("stop working when newer ones are more than may live at once", async () => {
    const [first, second, third] = [
      await tokenOf(saasOnly),
      await tokenOf(saasOnly),
      await tokenOf(saasOnly),
    ];
    const statuses = [first, second, third].map(
      async (token) => (await get("/api/organizations/v1/tree", token)).status,
    );
    expect(await Promise.all(statuses)).toEqual([401, 200, 200]);
  });

  it("are given so many times a minute only, for each client", async () => {
    const hasty = findRegistration(({ isMistyped }) => isMistyped);
    const answers = await Promise.all(Array.from({ length: 21 }, () => askToken(hasty)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(answers.find(({ status }) => status === 429)?.retryAfter).toBe("60");
    expect((await askToken(small)).status).toBe(200);
  });
});

describe("refusals", () => {
  const computers = "/api/sam/estate/v1/computers";
  const saas = "/api/saas/consolidated-view/v1/applications";

  it("come in the vendor's own words", async () => {
    const token = await tokenOf(small);
    const answers = [
      await get(computers, "a.b"),
      await get("/api/sam/v1/nothing", token),
      await get(computers, token, "POST"),
      await get(`${computers}?page_number=0`, token),
      await get(`${computers}?filter=${encodeURIComponent("status -like x")}`, token),
      await get(`${computers}/none/applications`, token),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 404, 405, 400, 400, 404]);
    for (const { status, body } of answers)
      expect(body).toEqual({ error: { code: status, message: expect.any(String) } });
  });

  it("follow what the customer bought", async () => {
    const [withoutSaas, withoutSam] = [await tokenOf(samOnly), await tokenOf(saasOnly)];
    expect((await get(computers, withoutSaas)).status).toBe(200);
    expect((await get(saas, withoutSaas)).status).toBe(403);
    expect((await get(computers, withoutSam)).status).toBe(403);
    expect((await get(saas, withoutSam)).status).toBe(200);
  });
});

describe("lists", () => {
  it("page by number", async () => {
    const token = await tokenOf(small);
    const first = await get("/api/sam/estate/v1/computers", token);
    expect(first.body.items).toHaveLength(25);
    expect(first.body.pagination).toEqual({ page_size: 25, page_number: 1, total_pages: 2, total_items: 40 });
    const second = await get("/api/sam/estate/v1/computers?page_number=2", token);
    expect(second.body.items).toHaveLength(15);
    expect((await get("/api/sam/estate/v1/computers?page_number=9", token)).body.items).toEqual([]);
    expect(
      (await get("/api/sam/software-registry/v1/applications", token)).body.pagination,
    ).not.toHaveProperty("total_items");
  });

  it("filter with -eq and sort", async () => {
    const token = await tokenOf(small);
    const ask = async (query: Record<string, string>) =>
      (
        await get(
          `/api/sam/estate/v1/computers?${String(new URLSearchParams({ page_size: "99", ...query }))}`,
          token,
        )
      ).body.items;
    expect(await ask({ filter: 'status -eq "inactive"' })).toHaveLength(small.system.inactive);
    expect(await ask({ filter: "status -eq 'Quarantined'" })).toHaveLength(small.system.quarantined);
    const names = (await ask({ sort: "hostName:desc" })).map(({ hostName }) => String(hostName));
    expect(names).toEqual(names.toSorted().toReversed());
  });

  it("agree with each other", async () => {
    const token = await tokenOf(small);
    const all = (await get("/api/sam/estate/v1/computers-applications?page_size=1000", token)).body.items;
    const computerId = String(all[0]?.["computerId"]);
    const own = await get(`/api/sam/estate/v1/computers/${computerId}/applications`, token);
    expect(own.body.items).toEqual(all.filter((row) => row["computerId"] === computerId));
    const [summary] = (await get("/api/sam/estate/v1/computers-application-usage/summaries", token)).body
      .items;
    const rows = all.filter(
      (row) => row["applicationId"] === summary?.["applicationId"] && row["isInstalled"],
    );
    expect(summary).toMatchObject({
      installations: rows.length,
      computers: rows.filter(({ lastUsed }) => lastUsed !== null).length,
    });
    const licences = (await get("/api/sam/v1/licenses", token)).body.items;
    const { applicationId, quantity } = licences[0] ?? {};
    const compliance = await get(`/api/sam/v1/compliance/summary/${String(applicationId)}`, token);
    expect(compliance.body).toMatchObject({ applicationId, licensesPurchased: quantity });
  });

  it("serve the people's history by date", async () => {
    const path =
      "/api/saas/consolidated-view/v1/users/kpi?fromDate=2026-10-22T00:00:00Z&toDate=2026-11-21T00:00:00Z";
    const { body } = await get(path, await tokenOf(small));
    const chart = body["totalChartData"] as { date: string; total: number }[];
    expect(chart).toHaveLength(31);
    expect(chart.at(-1)).toMatchObject({ date: "2026-11-21T00:00:00Z", total: body["total"] });
    expect(body["totalTrend"]).toBe(chart.find(({ date }) => date.startsWith("2026-10-22"))?.total);
  });
});

describe("the world", () => {
  it("holds what the demo relies on", () => {
    const of = (partner: string) =>
      snowRegistrations().filter((registration) => registration.partner === partner);
    expect([of("alpina").length, of("lagune").length]).toEqual([30, 3]);
    const named = (name: string) => of("alpina").find(({ system }) => system.name === name)?.system;
    expect(named("Bottega Rossi")).toMatchObject({ hasSam: true, hasSaas: true, silent: 1 });
    expect(named("Atelier Marchand")).toMatchObject({ hasSam: true, hasSaas: false });
    expect(of("lagune")[0]?.system).toBe(named("Atelier Marchand"));
    expect(of("lagune")[0]?.clientId).not.toBe(of("alpina")[1]?.clientId);
    expect(of("alpina").filter(({ isMistyped }) => isMistyped)).toHaveLength(1);
    expect(of("alpina").filter(({ system }) => system.hasUnwanted).length).toBeGreaterThan(0);
    const domains = new Set(tenantsOf("alpina").map(({ domain }) => domain));
    expect(of("alpina").every(({ system }) => domains.has(system.domain))).toBe(true);
  });
});

// Identity providers of partners and of customers: made, tested, changed and removed by who may, and by nobody else.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { findIssuer, findProviders } from "#server/auth/issuers.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { env } from "#server/env.ts";
import { adminQuery } from "#tests/database.ts";
import { callerFor, makeCustomer, makeMember, makePartner, type Member } from "#tests/factories.ts";
import { type HostileProvider, startHostileProvider } from "#tests/hostile-provider.ts";
import { changeForPartner, changeOwn, createForPartner, createOwn } from "./handler.ts";

let provider: HostileProvider;
let partnerId: string;
let customerId: string;
let admin: Member;
let customers: Member;
beforeAll(async () => {
  provider = await startHostileProvider();
  partnerId = await makePartner({ slug: `p-${crypto.randomUUID().slice(0, 8)}` });
  customerId = (await makeCustomer({ partnerId })).id;
  admin = await makeMember({ partnerId });
  customers = await makeMember({ partnerId, role: "customerAdmin", customerId });
});
afterAll(async () => {
  await provider.close();
  await closeDatabase();
});

const list = async (of: Member) => {
  const { signInProviders } = await callerFor(of);
  return of.customerId === null
    ? signInProviders.list({})
    : signInProviders.listOwn({ customerId: of.customerId });
};
function request(of: Member, path: string, fields: Record<string, string>, isForm = false): Request {
  return new Request(`${env().origin}${path}`, {
    method: "POST",
    body: isForm ? new URLSearchParams(fields) : JSON.stringify(fields),
    headers: {
      "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
      origin: env().origin,
      cookie: `${sessionCookieName()}=${of.token}`,
      ...(isForm && { accept: "text/html" }),
    },
  });
}
const none = { params: Promise.resolve({}) };
async function answerOf(response: Response): Promise<[number, string | undefined]> {
  if (response.status === 303) return [303, response.headers.get("location") ?? ""];
  const body = (await response.json()) as { id?: string; error?: { code: string } };
  return [response.status, body.error?.code ?? body.id];
}
type Wish = Partial<Record<"name" | "issuer" | "clientId" | "clientSecret" | "draft", string>>;
async function create(of: Member, wish: Wish = {}, isForm = false) {
  const { draft } = await list(of);
  const fields = {
    draft: draft.sealed,
    name: "Login",
    issuer: provider.issuer,
    clientId: crypto.randomUUID(),
    clientSecret: "s3cret-of-the-client",
    ...wish,
  };
  const [handler, path] = of.customerId === null ? [createForPartner, ""] : [createOwn, "/own"];
  return answerOf(
    await handler(request(of, `/api/sign-in-providers${path}?lang=it`, fields, isForm), none as never),
  );
}
async function change(of: Member, id: string, fields: Record<string, string>, isForm = false) {
  const [handler, path] = of.customerId === null ? [changeForPartner, ""] : [changeOwn, "/own"];
  const params = { params: Promise.resolve({ id }) };
  return answerOf(
    await handler(request(of, `/api/sign-in-providers${path}/${id}?lang=it`, fields, isForm), params),
  );
}

describe("a provider", () => {
  test("is asked, stored with its secret sealed, and recorded without it", async () => {
    const { draft } = await list(admin);
    const [status, id = ""] = await create(admin, { draft: draft.sealed, name: "  Rossi Login " });
    expect([status, `${env().origin}/api/auth/callback/${id}`]).toEqual([201, draft.redirectUri]);
    expect((await list(admin)).providers).toContainEqual(
      expect.objectContaining({
        id,
        name: "Rossi Login",
        issuer: provider.issuer,
        hasSecret: true,
        isEnabled: true,
        signInLink: `${env().origin}/sign-in?provider=${id}`,
      }),
    );
    expect(await findIssuer(id)).toMatchObject({
      partnerId,
      customerId: null,
      clientSecret: "s3cret-of-the-client",
    });
    const [stored] = await adminQuery<{ text: string }>(
      `select encode(secret, 'escape') || (select string_agg(detail::text, '') from audit_entry where partner_id = $1) as text from oidc_issuer where id = $2`,
      [partnerId, id],
    );
    expect(stored?.text).not.toContain("s3cret");
    expect(JSON.stringify(await list(admin))).not.toContain("s3cret");
  });

  test("takes the issuer as the provider writes it, also typed with a slash at its end", async () => {
    const [, id = ""] = await create(admin, { issuer: `${provider.issuer}/` });
    expect((await findIssuer(id))?.issuer).toBe(provider.issuer);
  });

  test.each([
    [{ issuer: "https://10.0.0.1/x" }, "issuer.blocked"],
    [{ issuer: "https://169.254.169.254/latest" }, "issuer.blocked"],
    [{ issuer: "https://[fd00::1]/" }, "issuer.blocked"],
    [{ issuer: "http://login.example.com" }, "issuer.blocked"],
    [{ issuer: "https://user:pass@login.example.com" }, "issuer.blocked"],
    [{ issuer: "file:///etc/passwd" }, "issuer.blocked"],
    [{ issuer: "not an address" }, "issuer.blocked"],
    [{ issuer: "https://login.example.com/?x=1" }, "issuer.blocked"],
    [{ issuer: "http://127.0.0.1:9/" }, "issuer.unreachable"],
    [{ issuer: "x" }, "issuer.invalid"],
    [{ name: "" }, "issuer.invalid"],
    [{ name: "a".repeat(101) }, "issuer.invalid"],
    [{ clientId: " " }, "issuer.invalid"],
    [{ draft: "" }, "issuer.invalid"],
    [{ draft: crypto.randomUUID() }, "issuer.invalid"],
  ])("with %j is refused, and nothing is stored", async (wish, code) => {
    const before = (await list(admin)).providers.length;
    expect((await create(admin, wish))[1]).toBe(code);
    expect((await list(admin)).providers).toHaveLength(before);
  });

  test("that speaks for another issuer, or cannot do PKCE, is refused", async () => {
    provider.lie = { document: { issuer: "https://login.example.com" } };
    expect((await create(admin))[1]).toBe("issuer.mismatch");
    provider.lie = { document: { code_challenge_methods_supported: ["plain"] } };
    expect((await create(admin))[1]).toBe("issuer.unsupported");
    provider.lie = { document: { id_token_signing_alg_values_supported: ["HS256", "none"] } };
    expect((await create(admin))[1]).toBe("issuer.unsupported");
    provider.lie = {};
  });

  test("of the same issuer and client is there once, and no id can be chosen or taken", async () => {
    const clientId = crypto.randomUUID();
    expect((await create(admin, { clientId }))[0]).toBe(201);
    expect(await create(admin, { clientId })).toEqual([409, "issuer.exists"]);
    const foreign = await makeMember();
    const { draft } = await list(admin);
    expect(await create(foreign, { draft: draft.sealed })).toEqual([400, "issuer.invalid"]);
    expect(await create(customers, { draft: draft.sealed })).toEqual([400, "issuer.invalid"]);
  });

  test("is tested, disabled, enabled and removed; its secret is replaced or taken away", async () => {
    const [, id = ""] = await create(admin);
    expect(await change(admin, id, { action: "test" })).toEqual([200, id]);
    expect(await change(admin, id, { action: "secret", clientSecret: "another" })).toEqual([200, id]);
    expect((await findIssuer(id))?.clientSecret).toBe("another");
    await change(admin, id, { action: "secret", clientSecret: "" });
    expect((await findIssuer(id))?.clientSecret).toBeNull();
    await change(admin, id, { action: "disable" });
    expect(await findIssuer(id)).toBeUndefined();
    await change(admin, id, { action: "enable" });
    expect(await findIssuer(id)).toBeDefined();
    await change(admin, id, { action: "remove" });
    expect(await change(admin, id, { action: "enable" })).toEqual([404, "issuer.notFound"]);
    expect(await change(admin, crypto.randomUUID(), { action: "test" })).toEqual([404, "issuer.notFound"]);
    expect(await change(admin, "x", { action: "test" })).toEqual([404, "issuer.notFound"]);
    const entries = await adminQuery<{ action: string }>(
      "select action from audit_entry where partner_id = $1 and entity = $2 order by seq",
      [partnerId, `issuer ${id}`],
    );
    expect(entries.map(({ action }) => action.slice(7))).toEqual([
      "create",
      "test",
      "secret",
      "secret",
      "disable",
      "enable",
      "remove",
    ]);
  });

  test("a partner's is not the customer's to see or change, nor a customer's the partner's", async () => {
    const [, partners = ""] = await create(admin);
    const [, own = ""] = await create(customers);
    expect((await list(customers)).providers.map(({ id }) => id)).toEqual([own]);
    expect((await list(admin)).providers.map(({ id }) => id)).not.toContain(own);
    const stranger = await makeMember();
    const sibling = await makeMember({
      partnerId,
      role: "customerAdmin",
      customerId: (await makeCustomer({ partnerId })).id,
    });
    for (const [who, id] of [
      [customers, partners],
      [admin, own],
      [sibling, own],
      [stranger, partners],
      [stranger, own],
    ] as const)
      for (const action of ["test", "disable", "remove", "secret"])
        expect(await change(who, id, { action, clientSecret: "x" })).toEqual([404, "issuer.notFound"]);
    expect(await findIssuer(own)).toMatchObject({ partnerId, customerId });
    expect((await list(stranger)).providers).toEqual([]);
  });

  test("giving more asks for a fresh sign-in, and a form comes back with what was typed; taking away does not", async () => {
    const stale = await makeMember({ partnerId });
    const [, id = ""] = await create(admin);
    await adminQuery("update session set proved_at = now() - interval '6 minutes' where id = $1", [
      stale.sessionId,
    ]);
    expect((await create(stale))[1]).toBe("auth.proofNeeded");
    for (const action of ["enable", "secret"])
      expect((await change(stale, id, { action, clientSecret: "x" }))[1]).toBe("auth.proofNeeded");
    const [, prove = ""] = await create(stale, { name: "Ada & Co" }, true);
    const to = new URL(prove, env().origin);
    const back = new URL(to.searchParams.get("return") ?? "", env().origin);
    expect([to.pathname, back.pathname, back.searchParams.get("name")]).toEqual([
      "/it/profile/prove",
      "/it/sign-in-providers/new",
      "Ada & Co",
    ]);
    expect(prove).not.toContain("s3cret");
    for (const action of ["test", "disable", "remove"])
      expect(await change(stale, id, { action })).toEqual([200, id]);
  });

  test("by form leads to the list, or back with what is wrong", async () => {
    expect(await create(admin, {}, true)).toEqual([303, "/it/sign-in-providers?notice=created"]);
    const [, back = ""] = await create(admin, { issuer: "https://10.0.0.1/x" }, true);
    expect(back).toContain("/it/sign-in-providers/new?");
    expect(back).toContain("error=issuer.blocked");
    expect(back).not.toContain("s3cret");
  });
});

test("the sign-in page learns a partner's providers by its short name, a customer's by its link alone", async () => {
  const slug = `q-${crypto.randomUUID().slice(0, 8)}`;
  const other = await makePartner({ slug });
  const super_ = await makeMember({ partnerId: other });
  const customer = await makeCustomer({ partnerId: other });
  const own = await makeMember({ partnerId: other, role: "customerAdmin", customerId: customer.id });
  expect(await findProviders({ partner: slug })).toEqual([]);
  const [, partners = ""] = await create(super_);
  const [, customers_ = ""] = await create(own);
  expect((await findProviders({ partner: slug })).map(({ id }) => id)).toEqual([partners]);
  expect(await findProviders({ provider: customers_ })).toEqual([{ id: customers_, name: "Login" }]);
  await change(super_, partners, { action: "disable" });
  for (const asked of [{ partner: slug }, { partner: "nobody" }, { partner: "'" }, { provider: partners }])
    expect(await findProviders(asked)).toEqual([]);
});

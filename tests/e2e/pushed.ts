// Customers of a test's own, whatever their licences: pushed into a source of its own, and taken away again afterwards.
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionDetails } from "#server/connections/schema.ts";
import { dayIn } from "#server/licences/rules.ts";
import type { SnapshotInput } from "#server/sync/snapshot.ts";
import type { AccountList } from "#server/vendor-accounts/schema.ts";
import { type APIRequestContext, type Caller, expect, type Person, send, signIn } from "./portal.ts";

type Licence = NonNullable<SnapshotInput["licences"]>[number];
type Account = { id: string; name: string; customerId: string };
export type Source = {
  /** A customer of this name with one account that has these licences. */
  push: (name: string, licences: readonly Partial<Licence>[]) => Promise<Account>;
  /** Its customers are disconnected, its token revoked, the source removed. */
  remove: () => Promise<void>;
};

/** YYYY-MM-DD so many days from now, by Alpina's calendar. */
export const dayFromNow = (days: number): string =>
  dayIn("Europe/Rome", new Date(Date.now() + days * 86_400_000));

/** A source of this person's; `caller` reads as the same person. */
export async function makeSource(
  request: APIRequestContext,
  caller: Caller,
  { person, origin }: { person: Person; origin: string },
): Promise<Source> {
  // What is delicate asks for a sign-in that is a moment old, which the worker's own session is not.
  const headers = { cookie: `belvedere-session=${await signIn(request, person)}` };
  const post = async (path: string, data: object, status: number): Promise<unknown> => {
    const answer = await caller.post(path, data, headers);
    expect(answer.status, `${path} ${answer.text}`).toBe(status);
    return answer.text === "" ? undefined : JSON.parse(answer.text);
  };
  const name = `Fonte ${crypto.randomUUID().slice(0, 8)}`;
  const wish = { name, permissions: ["snapshot:push"], newSource: name };
  const { id, token, connectionId } = (await post("/api/tokens", wish, 201)) as Record<string, string>;
  const authorization = `Bearer ${token}`;
  const customers = new Set<string>();

  const push: Source["push"] = async (named, licences) => {
    const externalId = crypto.randomUUID();
    const snapshot: SnapshotInput = {
      version: 1,
      takenAt: new Date().toISOString(),
      account: { externalId, name: named, billing: "trial" },
      devices: [],
      licences: licences.map((licence, index) => ({
        key: `key-${index}`,
        productCode: `P${index}`,
        productName: `Product ${index}`,
        category: "endpoint",
        kind: "term",
        owner: "partner",
        quantity: "5",
        used: "3",
        startsOn: dayFromNow(-100),
        endsOn: null,
        ...licence,
      })),
      alerts: [],
      unprotectedCount: 0,
    };
    const taken = await send(`${origin}/api/v1/snapshots`, {
      method: "POST",
      body: JSON.stringify(snapshot),
      headers: {
        authorization,
        "content-type": "application/json",
        "idempotency-key": crypto.randomUUID(),
      },
    });
    const { statusUrl = "" } = (await taken.json()) as { statusUrl?: string };
    expect(taken.status).toBe(202);
    await expect
      .poll(async () => {
        await sleep(200);
        const answer = await send(origin + statusUrl, { headers: { authorization } });
        return ((await answer.json()) as { state: string }).state;
      })
      .toBe("applied");
    const { rows } = await caller.query<AccountList>("vendorAccounts.list", { view: "linked", q: named });
    const account = rows.find((row) => row.externalId === externalId);
    if (!account?.customer) throw new Error("the pushed account has no customer");
    customers.add(account.customer.id);
    return { id: account.id, name: account.name, customerId: account.customer.id };
  };

  const remove = async () => {
    for (const customerId of customers) await post(`/api/disconnects/${customerId}`, { word: "yes" }, 200);
    await post(`/api/tokens/${id}/revoke`, {}, 204);
    const { version } = await caller.query<ConnectionDetails>("connections.byId", { connectionId });
    await post(`/api/connections/${connectionId}`, { action: "remove", version, word: "yes" }, 200);
  };
  return { push, remove };
}

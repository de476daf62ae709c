// The public API beside snapshots: customers, synchronisation, and the document that describes all of it.
import { listCustomers } from "#server/customers/service.ts";
import { AppError } from "#server/errors.ts";
import { assertStorable } from "#server/http/incoming.ts";
import { route } from "#server/route.ts";
import { listLiveRuns } from "#server/sync/queries-batches.ts";
import { startSync } from "#server/sync/service.ts";
import { Customers, CustomersQuery, SyncRuns, SyncStarted } from "./schema.ts";
import { apiDocument } from "./service.ts";

const noStore = { "cache-control": "no-store" };
const asJson = (): undefined => undefined;

/** `GET /api/v1/openapi.json`: for anybody, in English, as tools expect it. */
export const openApiHandler = (): Response =>
  Response.json(apiDocument("en"), {
    headers: { "cache-control": "no-store", "access-control-allow-origin": "*" },
  });

/** `GET /api/v1/customers`: the customers in the token's scope, by name; strict, so that a typo never lists everybody. */
export const listCustomersHandler = route(
  "customer:list",
  "read only",
  async ({ request, db, actor }) => {
    const given = Object.fromEntries(new URL(request.url).searchParams);
    assertStorable(given);
    const query = CustomersQuery.safeParse(given);
    if (!query.success)
      throw new AppError("request.invalid", {
        fields: Object.fromEntries(
          query.error.issues.flatMap((issue) =>
            issue.code === "unrecognized_keys"
              ? issue.keys.map((key) => [key.slice(0, 60), "unknown"])
              : [[issue.path.join("."), issue.code]],
          ),
        ),
      });
    const { q, status, after, pageSize } = query.data;
    const list = await listCustomers(
      db,
      actor,
      { q, status, after, pageSize: Number(pageSize) as 25 | 50 | 100 | 200 },
      new Date(),
    );
    return Response.json(Customers.parse({ rows: list.rows, next: list.next }), { headers: noStore });
  },
  asJson,
);

/** `POST /api/v1/sync`: reads every connection now, or joins what runs. */
export const startSyncAllHandler = route(
  "sync:startAll",
  "read write",
  async ({ db, actor, audit }) =>
    Response.json(SyncStarted.parse(await startSync({ db, actor, audit }, null, new Date())), {
      status: 202,
      headers: noStore,
    }),
  asJson,
);

/** `GET /api/v1/sync`: what is queued or running. */
export const listSyncRunsHandler = route(
  "sync:read",
  "read only",
  async ({ db, actor }) =>
    Response.json(SyncRuns.parse({ rows: await listLiveRuns(db, actor.partnerId) }), { headers: noStore }),
  asJson,
);

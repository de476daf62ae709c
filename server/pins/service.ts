// Pinning and unpinning customers for the member who acts, with the entry in the partner's audit.
import { listByIds } from "#server/customers/queries.ts";
import { withoutFigures } from "#server/customers/service.ts";
import { AppError } from "#server/errors.ts";
import { can } from "#server/permissions.ts";
import type { Guarded } from "#server/trpc.ts";
import { deletePins, findName, insertPins, listPins, lockPins } from "./queries.ts";
import { MOST_PINS, type Pinned, type PinnedInput, type PinOutcome } from "./schema.ts";

/**
 * The pinned customers of the actor as the list shows them, the first pinned first; of `group` alone where one is named.
 * `changed`: whose name the page says beside, whether or not it still is among them.
 */
export async function readPinned(
  { db, actor }: Pick<Guarded, "db" | "actor">,
  { group, changed }: PinnedInput,
): Promise<Pinned> {
  const { partnerId } = actor;
  const ids = await listPins(db, partnerId, actor.membershipId);
  const rows = ids.length === 0 ? [] : await listByIds(db, partnerId, { ids, group });
  const seesFigures = can(actor, "metrics:read");
  return {
    rows: rows.map(({ sortValue: _, ...row }) => (seesFigures ? row : withoutFigures(row))),
    changedName: (changed && (await findName(db, partnerId, changed))) ?? null,
  };
}

/**
 * Pins these customers in their order for as long as there is room, and says of each what became of it. Whether the
 * member may pin at all is the caller's question (customer:pin); who does not see a customer is told `notFound`.
 */
export async function pinCustomers(
  { db, actor, audit }: Guarded,
  customerIds: readonly string[],
): Promise<Map<string, PinOutcome>> {
  const { partnerId, membershipId } = actor;
  await lockPins(db, membershipId);
  const pinned = new Set(await listPins(db, partnerId, membershipId));
  const asked = [...new Set(customerIds)];
  const fresh = asked.filter((id) => !pinned.has(id));
  const room = Math.max(0, MOST_PINS - pinned.size);
  const done = new Set(await insertPins(db, partnerId, membershipId, fresh.slice(0, room)));
  const outcomes = asked.map((id): [string, PinOutcome] => {
    if (pinned.has(id)) return [id, "already"];
    if (done.has(id)) return [id, "pinned"];
    return [id, fresh.indexOf(id) < room ? "notFound" : "tooMany"];
  });
  await audit({
    action: "customer:pin",
    entity: `membership ${membershipId}`,
    customerId: null,
    detail: { asked: asked.length, pinned: [...done] },
  });
  return new Map(outcomes);
}

/** Pins one customer; throws pin.tooMany when no room is left. */
export async function pinCustomer(ctx: Guarded, customerId: string): Promise<void> {
  const outcome = (await pinCustomers(ctx, [customerId])).get(customerId);
  if (outcome === "tooMany") throw new AppError("pin.tooMany");
  if (outcome === "notFound") throw new AppError("customer.notFound");
}

/** Takes the pins of these customers away; one that was not pinned stays as it is. Returns how many were. */
export async function unpinCustomers(
  { db, actor, audit }: Guarded,
  customerIds: readonly string[],
): Promise<number> {
  const removed = await deletePins(db, actor.partnerId, actor.membershipId, customerIds);
  await audit({
    action: "customer:unpin",
    entity: `membership ${actor.membershipId}`,
    customerId: null,
    detail: { asked: [...customerIds], removed },
  });
  return removed;
}

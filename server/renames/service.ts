// A customer's name shown: chosen by a person, kept from synchronisation, and sent to the vendors that show one.
import type { ScopedDb } from "#db/client.ts";
import { AppError } from "#server/errors.ts";
import { enqueue, enqueueAll } from "#server/jobs/queue.ts";
import { cleanName } from "#server/names/rules.ts";
import type { Guarded } from "#server/trpc.ts";
import {
  insertRenames,
  isNameTaken,
  listNamedAccounts,
  listRenames,
  lockName,
  type Rename,
  reopenRename,
  supersedeRenames,
  updateName,
} from "./queries.ts";
import { writeStateOf } from "./rules.ts";
import type { NameWrite } from "./schema.ts";

type Writer = Pick<Guarded, "db" | "actor">;

/** The name as it would be kept; throws customer.nameRequired, customer.nameTooLong. */
export function requireName(typed: string): string {
  const cleaned = cleanName(typed);
  if ("name" in cleaned) return cleaned.name;
  throw new AppError(cleaned.fault === "required" ? "customer.nameRequired" : "customer.nameTooLong");
}

/**
 * Shows the customer by `name`, which `requireName` gave. The vendor's own name follows the vendor again; any other stays
 * whatever synchronisation brings, and is sent to each account that bears another. `seen`: the name that the person saw;
 * where another one stands by now, customer.changed. Returns what stood there before. Throws customer.nameTaken.
 */
export async function showAs(
  { db, actor }: Writer,
  customerId: string,
  name: string,
  seen: string | undefined,
  now: Date,
): Promise<string> {
  const { partnerId } = actor;
  const before = await lockName(db, partnerId, customerId);
  if (!before) throw new AppError("customer.notFound");
  if (before.nameShown === name) return name;
  if (seen !== undefined && before.nameShown !== seen) throw new AppError("customer.changed");
  if (await isNameTaken(db, partnerId, customerId, name)) throw new AppError("customer.nameTaken");
  const isNameChosen = name !== before.name;
  await updateName(db, partnerId, customerId, { nameShown: name, isNameChosen }, now);
  await tellVendors(db, partnerId, { customerId, name, askedBy: actor.name }, isNameChosen, now);
  await enqueue(db, "refresh", { partnerId, customerId }, { singletonKey: customerId });
  return before.nameShown;
}

/**
 * What follows from another name shown, once it stands: what was asked of vendors for an earlier one is no longer wanted,
 * and a chosen one is sent to each account that bears another.
 */
export async function tellVendors(
  db: ScopedDb,
  partnerId: string,
  asked: Rename,
  isNameChosen: boolean,
  now: Date,
): Promise<void> {
  const { customerId, name } = asked;
  await supersedeRenames(db, partnerId, customerId);
  if (!isNameChosen) return;
  const accounts = await listNamedAccounts(db, partnerId, customerId);
  const ids = accounts.filter((account) => account.name !== name).map(({ id }) => id);
  if (ids.length > 0) await send(db, partnerId, await insertRenames(db, partnerId, ids, asked, now));
}

/** The intents of one account wait for each other, so that an earlier name never arrives after a later one. */
const send = (
  db: ScopedDb,
  partnerId: string,
  intents: readonly { id: string; vendorAccountId: string }[],
): Promise<void> =>
  enqueueAll(
    db,
    "rename",
    intents.map(({ id, vendorAccountId }) => ({
      payload: { partnerId, renameId: id, accountId: vendorAccountId },
      singletonKey: vendorAccountId,
    })),
  );

/**
 * *Name shown as*: Edit → Save, as `showAs`. Saving a name that stands already changes nothing. Throws
 * customer.nameRequired and customer.nameTooLong too. Returns the name that stood there before.
 */
export async function renameCustomer(
  ctx: Guarded,
  customerId: string,
  { name, seen }: { name: string; seen: string },
  now: Date,
): Promise<string> {
  const to = requireName(name);
  const from = await showAs(ctx, customerId, to, seen, now);
  const entity = `customer ${customerId}`;
  await ctx.audit({ action: "customer:rename", entity, customerId, detail: { from, to } });
  return from;
}

/** Sends a name again that an account refused; throws customer.notRefused where there is none. */
export async function retryRename(ctx: Guarded, customerId: string, accountId: string): Promise<void> {
  const { db, actor, audit } = ctx;
  const { partnerId } = actor;
  const reopened = await reopenRename(db, partnerId, customerId, accountId);
  if (!reopened) throw new AppError("customer.notRefused");
  await send(db, partnerId, [{ id: reopened.id, vendorAccountId: accountId }]);
  await audit({
    action: "customer:rename",
    entity: `vendor account ${accountId}`,
    customerId,
    detail: { name: reopened.name, again: true },
  });
}

/** How a chosen name stands at each of the customer's vendor accounts, by account; none where nothing was asked of it. */
export async function readNameWrites(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  nameShown: string,
  accounts: readonly { id: string; name: string }[],
): Promise<Map<string, NameWrite>> {
  const renames = new Map(
    (await listRenames(db, partnerId, customerId)).map((rename) => [rename.vendorAccountId, rename]),
  );
  return new Map(
    accounts.flatMap((account): [string, NameWrite][] => {
      const rename = renames.get(account.id);
      const state = writeStateOf(nameShown, account, rename);
      if (state === null || rename === undefined) return [];
      const at = (rename.settledAt ?? rename.askedAt).toISOString();
      const { errorCode: code, errorDetail: detail } = rename;
      const nextTryAt = rename.nextTryAt?.toISOString() ?? null;
      return [[account.id, { state, code, detail, at, nextTryAt }]];
    }),
  );
}

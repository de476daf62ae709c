// A customer's record: put together for one reader, and edited by the partner's people.
import { z } from "zod";
import { findCustomerAccess } from "#server/access/queries.ts";
import { listAllContacts } from "#server/contacts/queries.ts";
import { listGroupNames } from "#server/customers/queries-groups.ts";
import { listByIds } from "#server/customers/queries.ts";
import { AppError, type AppErrorCode } from "#server/errors.ts";
import { can, type CustomerAccess } from "#server/permissions.ts";
import { listNamedAccounts } from "#server/renames/queries.ts";
import { readNameWrites, requireName, showAs } from "#server/renames/service.ts";
import { hasConvertible, listRefusing } from "#server/trials/queries.ts";
import type { Guarded } from "#server/trpc.ts";
import { type Editable, findRecord, lockRecord, updateRecord } from "./queries.ts";
import { isTimeZone, readTags } from "./rules.ts";
import { type CustomerRecord, limits, type RecordForm } from "./schema.ts";

/** Who the customer is, for one reader: the baseline that needs no grant. Notes and tags are the partner's alone. */
export async function readRecord(
  { db, actor }: Pick<Guarded, "db" | "actor">,
  customer: CustomerAccess,
  now: Date,
): Promise<CustomerRecord> {
  const { partnerId } = actor;
  const { id } = customer;
  const [row] = await listByIds(db, partnerId, { ids: [id] });
  const record = await findRecord(db, partnerId, id);
  if (!row || !record?.name || !record.nameShown) throw new AppError("customer.notFound");
  const isInside = actor.customerId === null;
  const accounts = await listNamedAccounts(db, partnerId, id);
  const isEndable = isInside && customer.relationship !== "order_only";
  const may = {
    edit: can(actor, "customer:edit", customer),
    contacts: can(actor, "contact:edit", customer),
    convert: isEndable && can(actor, "trial:convert", customer) && (await hasConvertible(db, partnerId, id)),
    unlink: isEndable && can(actor, "customer:unlink", customer) && accounts.length > 0,
  };
  const isTold = isInside && record.isNameChosen === true;
  const writes = isTold ? await readNameWrites(db, partnerId, id, record.nameShown, accounts) : undefined;
  const contacts = await listAllContacts(db, partnerId, id);
  const { createdAt, tags, notes, address, language, ...rest } = record;
  return {
    ...rest,
    id,
    name: record.name,
    nameShown: record.nameShown,
    isNameChosen: record.isNameChosen === true,
    version: record.version ?? 1,
    relationship: customer.relationship,
    status: row.status,
    language: language as CustomerRecord["language"],
    address: address as CustomerRecord["address"],
    since: record.since ?? createdAt?.toISOString().slice(0, 10) ?? null,
    internal: isInside ? { tags: tags ?? [], notes: notes ?? "" } : null,
    groups: (await listGroupNames(db, partnerId, [id])).get(id) ?? [],
    licenceState: row.licenceState,
    hasMonthly: row.licenceKinds.includes("monthly"),
    refusing: can(actor, "licence:read", customer) ? await listRefusing(db, partnerId, id) : [],
    contacts: may.contacts ? contacts : contacts.filter(({ isHidden }) => !isHidden),
    accounts: accounts.map((account) => ({ ...account, write: writes?.get(account.id) ?? null })),
    may,
    launch: !can(actor, "customer:launch")
      ? "role"
      : can(actor, "customer:launch", customer)
        ? "later"
        : "access",
    now: now.toISOString(),
  };
}

/** The record that the contact panel beside a list shows; null: there is no such customer to the reader. */
export async function findListed(
  ctx: Pick<Guarded, "db" | "actor">,
  panel: string,
  now: Date,
): Promise<CustomerRecord | null> {
  const customer = z.uuid().safeParse(panel).success
    ? await findCustomerAccess(ctx.db, ctx.actor.partnerId, panel)
    : undefined;
  return customer && can(ctx.actor, "customer:open", customer) ? readRecord(ctx, customer, now) : null;
}

type Texts = Record<keyof Editable, string>;
/** What stands, as the form shows it. */
const textsOf = ({ accountManager, tags, notes, language, timeZone }: Editable): Texts => ({
  accountManager: accountManager ?? "",
  tags: tags.join("; "),
  notes,
  language: language ?? "",
  timeZone: timeZone ?? "",
});
const editableOf = (texts: Texts): Editable => ({
  accountManager:
    texts.accountManager
      .replaceAll(/[\p{Cc}\s]+/gu, " ")
      .normalize("NFC")
      .trim() || null,
  tags: readTags(texts.tags),
  notes: texts.notes.replaceAll(/\r\n?/g, "\n").trim(),
  language: texts.language || null,
  timeZone: texts.timeZone || null,
});

const faults: readonly [field: keyof Editable, code: AppErrorCode, isIn: (values: Editable) => boolean][] = [
  [
    "accountManager",
    "customer.managerTooLong",
    ({ accountManager }) => (accountManager?.length ?? 0) > limits.accountManager,
  ],
  ["notes", "customer.notesTooLong", ({ notes }) => notes.length > limits.notes],
  [
    "tags",
    "customer.tags",
    ({ tags }) => tags.length > limits.tags || tags.some((tag) => tag.length > limits.tag),
  ],
  ["timeZone", "customer.timeZone", ({ timeZone }) => timeZone !== null && !isTimeZone(timeZone)],
];

/**
 * *Edit customer information*: all of it or nothing. What the form leaves as it stands is kept and not checked: vendors and
 * lists may have brought what could not be typed. Throws customer.changed where the record is no longer the one that the
 * person saw, what `requireName` and `showAs` throw, and customer.managerTooLong, customer.notesTooLong, customer.tags,
 * customer.timeZone.
 */
export async function editRecord(
  ctx: Guarded,
  customerId: string,
  form: RecordForm,
  now: Date,
): Promise<void> {
  const { db, actor, audit } = ctx;
  const { partnerId } = actor;
  const before = await lockRecord(db, partnerId, customerId);
  if (!before) throw new AppError("customer.notFound");
  if (before.version !== form.version) throw new AppError("customer.changed");
  const name = form.nameShown === before.nameShown ? before.nameShown : requireName(form.nameShown);
  const [stands, after] = [editableOf(textsOf(before)), editableOf(form)];
  const changed = (Object.keys(after) as (keyof Editable)[]).filter(
    (field) => JSON.stringify(after[field]) !== JSON.stringify(stands[field]),
  );
  const fault = faults.find(([field, , isIn]) => changed.includes(field) && isIn(after));
  if (fault) throw new AppError(fault[1]);
  const named = await showAs(ctx, customerId, name, undefined, now);
  const changes = Object.fromEntries(
    // Notes are long, and may name people: that they changed is enough.
    changed.map((field) => [field, field === "notes" ? true : { from: before[field], to: after[field] }]),
  );
  const values = Object.fromEntries(changed.map((field) => [field, after[field]]));
  if (changed.length > 0) await updateRecord(db, partnerId, customerId, values, now);
  await audit({
    action: "customer:edit",
    entity: `customer ${customerId}`,
    customerId,
    detail: { ...changes, ...(named !== name && { nameShown: { from: named, to: name } }) },
  });
}

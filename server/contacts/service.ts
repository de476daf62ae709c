// A customer's contacts as people change them; what the vendor names stays the vendor's and is put aside at most.
import { AppError } from "#server/errors.ts";
import { enqueue } from "#server/jobs/queue.ts";
import type { Guarded } from "#server/trpc.ts";
import {
  countContacts,
  deleteContact,
  insertContact,
  lockContact,
  updateContact,
  updateHidden,
} from "./queries.ts";
import type { ContactFields, ContactForm } from "./schema.ts";

const MOST_CONTACTS = 100;

/** `undo`: the form that takes the change back, where one click can. */
type Done = { id: string; changed: string[]; undo?: Record<string, string> };

/**
 * Adds, changes, removes a contact or shows one of the vendor's again; returns the form that takes a removal back. Throws
 * contact.empty, contact.tooMany, contact.notFound, and contact.changed where it is no longer the one that the person saw.
 */
export async function changeContact(
  ctx: Guarded,
  customerId: string,
  form: ContactForm,
): Promise<Record<string, string>> {
  const { db, actor, audit } = ctx;
  const { partnerId } = actor;
  const done: Done =
    form.act === "add" ? await add(ctx, customerId, form) : await changeOne(ctx, customerId, form);
  const { id, changed, undo = {} } = done;
  // Search finds customers by their contacts.
  await enqueue(db, "refresh", { partnerId, customerId }, { singletonKey: customerId });
  // Who it is stands in the contact, which can be erased; the ledger, which cannot, says what was done.
  await audit({
    action: `contact:${form.act}`,
    entity: `contact ${id}`,
    customerId,
    detail: { changed },
  });
  return undo;
}

const fieldsOf = ({ role, firstName, lastName, email, phone }: ContactFields): ContactFields => {
  const fields = { role, firstName, lastName, email, phone };
  if (firstName + lastName + email + phone === "") throw new AppError("contact.empty");
  return fields;
};

async function add({ db, actor: { partnerId } }: Guarded, customerId: string, form: ContactFields) {
  const fields = fieldsOf(form);
  if ((await countContacts(db, partnerId, customerId)) >= MOST_CONTACTS)
    throw new AppError("contact.tooMany");
  return { id: await insertContact(db, partnerId, customerId, fields), changed: Object.keys(fields) };
}

async function changeOne(
  { db, actor: { partnerId } }: Guarded,
  customerId: string,
  form: Exclude<ContactForm, { act: "add" }>,
): Promise<Done> {
  const { contactId, version } = form;
  const stored = await lockContact(db, partnerId, customerId, contactId);
  if (!stored) throw new AppError("contact.notFound");
  if (stored.version !== version) throw new AppError("contact.changed");
  const isVendors = stored.source === "vendor";
  if (form.act === "change") {
    const fields = fieldsOf(form);
    const changed = Object.keys(fields).filter(
      (name) => fields[name as keyof ContactFields] !== stored[name as keyof ContactFields],
    );
    if (changed.length === 0) return { id: contactId, changed };
    if (!isVendors) await updateContact(db, partnerId, contactId, fields);
    else {
      await updateHidden(db, partnerId, contactId, true);
      await insertContact(db, partnerId, customerId, fields);
    }
    return { id: contactId, changed };
  }
  const isRemoval = form.act === "remove";
  if (isVendors) {
    await updateHidden(db, partnerId, contactId, isRemoval);
    const undo = { act: "show", contactId, version: String(version + 1) };
    return { id: contactId, changed: [], ...(isRemoval && { undo }) };
  }
  if (!isRemoval) return { id: contactId, changed: [] };
  await deleteContact(db, partnerId, contactId);
  const { source: _, version: __, ...fields } = stored;
  return { id: contactId, changed: [], undo: { act: "add", ...fields } };
}

// The forms of a customer's contacts, which work without scripts and lead back to the page on which they are edited.
import { AppError, type AppErrorCode } from "#server/errors.ts";
import { backTo, languageIn, readForm, seeOther } from "#server/http/forms.ts";
import { route } from "#server/route.ts";
import { requireCustomer } from "#server/trpc.ts";
import { packUndo } from "#server/undo/rules.ts";
import { ContactForm } from "./schema.ts";
import { changeContact } from "./service.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const faults: Record<string, AppErrorCode> = { email: "contact.email", phone: "contact.phone" };

function readContactForm(fields: Record<string, unknown>): ContactForm {
  const parsed = ContactForm.safeParse(fields);
  if (parsed.success) return parsed.data;
  const [fault] = parsed.error.issues.flatMap(({ path }) => faults[String(path[0])] ?? []);
  throw new AppError(fault ?? "request.invalid");
}

/** `POST /api/contacts/{customer}`: adds, changes or removes a contact, or shows a hidden one again, by `act`. */
export const change = route<{ id: string }>(
  "contact:edit",
  "read write",
  async ({ request, params, db, actor, audit, language }) => {
    const { isForm, fields } = await readForm(request);
    if (!uuid.test(params.id)) throw new AppError("customer.notFound");
    const form = readContactForm(fields);
    const ctx = { actor, db, audit };
    await requireCustomer(ctx, "contact:edit", params.id);
    const undo = await changeContact(ctx, params.id, form);
    if (!isForm) return Response.json({}, { headers: { "cache-control": "no-store" } });
    const path = `/${languageIn(request, language)}/customers/${params.id}/edit`;
    const was = packUndo(undo, { act: "contact", of: params.id, membershipId: actor.membershipId });
    return seeOther({ path, query: { done: form.act, ...was }, hash: "contacts" });
  },
  backTo((typed, request, language) => {
    const id = new URL(request.url).pathname.split("/").at(-1) ?? "";
    const { version: _, ...kept } = typed;
    return { path: `/${language}/customers/${id}/edit`, query: kept, hash: "contacts" };
  }, "wrong"),
);

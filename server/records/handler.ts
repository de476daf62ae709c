// The form of a customer's record, which works without scripts: refused, it comes back with all that was typed.
import { AppError } from "#server/errors.ts";
import { backTo, languageIn, readForm, seeOther } from "#server/http/forms.ts";
import { route } from "#server/route.ts";
import { requireCustomer } from "#server/trpc.ts";
import { packTyped } from "./rules.ts";
import { RecordForm } from "./schema.ts";
import { editRecord } from "./service.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whole, because notes are longer than what other forms carry back. */
const typed = new WeakMap<Request, Record<string, string>>();

/** `POST /api/records/{customer}`: the name shown and what the partner notes about a customer. */
export const edit = route<{ id: string }>(
  "customer:edit",
  "read write",
  async ({ request, params, db, actor, audit, language }) => {
    const { isForm, fields } = await readForm(request);
    if (!uuid.test(params.id)) throw new AppError("customer.notFound");
    const { version: _, ...texts } = fields;
    const kept = Object.entries(texts).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].length <= 10_000,
    );
    typed.set(request, Object.fromEntries(kept));
    const parsed = RecordForm.safeParse(fields);
    if (!parsed.success) throw new AppError("request.invalid");
    const ctx = { actor, db, audit };
    await requireCustomer(ctx, "customer:edit", params.id);
    await editRecord(ctx, params.id, parsed.data, new Date());
    if (!isForm) return Response.json({}, { headers: { "cache-control": "no-store" } });
    const path = `/${languageIn(request, language)}/customers/${params.id}`;
    return seeOther({ path, query: { saved: "record" } });
  },
  backTo((_, request, language) => {
    const id = new URL(request.url).pathname.split("/").at(-1) ?? "";
    const fields = typed.get(request);
    const query = fields === undefined ? {} : { typed: packTyped(fields) };
    return { path: `/${language}/customers/${id}/edit`, query };
  }, "wrong"),
);

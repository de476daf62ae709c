// The form of a customer's name shown, which works without scripts and leads back to where it was asked.
import { AppError } from "#server/errors.ts";
import { backTo, languageIn, readForm, seeOther } from "#server/http/forms.ts";
import { safeReturn } from "#server/http/incoming.ts";
import { route } from "#server/route.ts";
import { requireCustomer } from "#server/trpc.ts";
import { packUndo } from "#server/undo/rules.ts";
import { RenameForm } from "./schema.ts";
import { renameCustomer, retryRename } from "./service.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `POST /api/renames/{customer}`: *Name shown as*, and sending it again to a vendor that refused it. */
export const rename = route<{ id: string }>(
  "customer:edit",
  "read write",
  async ({ request, params, db, actor, audit, language }) => {
    const { isForm, fields } = await readForm(request);
    if (!uuid.test(params.id)) throw new AppError("customer.notFound");
    const parsed = RenameForm.safeParse(fields);
    if (!parsed.success) throw new AppError("request.invalid");
    const form = parsed.data;
    const ctx = { actor, db, audit };
    await requireCustomer(ctx, "customer:edit", params.id);
    const was = form.act === "rename" ? await renameCustomer(ctx, params.id, form, new Date()) : undefined;
    if (form.act === "retry") await retryRename(ctx, params.id, form.accountId);
    if (!isForm) return Response.json({}, { headers: { "cache-control": "no-store" } });
    const fallback = `/${languageIn(request, language)}/customers/${params.id}`;
    return seeOther({
      path: safeReturn(form.return, fallback),
      query: {
        saved: form.act,
        ...(was !== undefined &&
          packUndo({ name: was }, { act: "rename", of: params.id, membershipId: actor.membershipId })),
      },
    });
  },
  backTo(({ return: page, name }, request, language) => {
    const id = new URL(request.url).pathname.split("/").at(-1) ?? "";
    const path = safeReturn(page, `/${language}/customers/${id}`);
    return { path, query: name === undefined ? {} : { edit: "name", name } };
  }, "wrong"),
);

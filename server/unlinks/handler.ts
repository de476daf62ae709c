// The form of unlinking, which works without scripts: all accounts of a customer or one, and taking it back.
import { AppError } from "#server/errors.ts";
import { backTo, languageIn, readForm, seeOther } from "#server/http/forms.ts";
import { route } from "#server/route.ts";
import { UnlinkForm } from "./schema.ts";
import { cancelUnlinks, requireEndable, unlinkCustomer } from "./service.ts";

/** `POST /api/unlinks/{customer}` with `action` unlink or cancel, and `accountId` where only one is meant. */
export const unlink = route<{ id: string }>(
  "customer:unlink",
  "read write",
  async ({ request, params: { id }, db, actor, audit, language }) => {
    const { isForm, fields } = await readForm(request);
    const form = UnlinkForm.safeParse(fields);
    if (!form.success) throw new AppError("request.invalid");
    await requireEndable({ actor, db }, "customer:unlink", id);
    const ctx = { db, actor, audit };
    const accountIds = form.data.accountId === undefined ? null : [form.data.accountId];
    const done =
      form.data.action === "unlink"
        ? await unlinkCustomer(ctx, id, accountIds, new Date())
        : await cancelUnlinks(ctx, id, accountIds, new Date());
    if (!isForm) return Response.json(done, { headers: { "cache-control": "no-store" } });
    const isScheduled = "scheduled" in done && done.scheduled > 0;
    const notice = form.data.action === "cancel" ? "cancelled" : isScheduled ? "scheduled" : "unlinked";
    return seeOther({ path: `/${languageIn(request, language)}/customers/${id}/unlink`, query: { notice } });
  },
  backTo((_fields, request, language) => ({
    path: `/${language}/customers/${new URL(request.url).pathname.split("/").at(-1) ?? ""}/unlink`,
  })),
);

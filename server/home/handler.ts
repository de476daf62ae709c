// The forms that take work on and give it back, one per permission that settles it; each leads back to its page.
import { AppError } from "#server/errors.ts";
import { backTo, languageIn, placeOfForm, readForm, seeOther } from "#server/http/forms.ts";
import type { Permission } from "#server/permissions.ts";
import { route } from "#server/route.ts";
import { holderOf, takingNeeds } from "./rules.ts";
import { TakeForm } from "./schema.ts";
import { takeWork } from "./service.ts";

/** `kind`, `subjectId`, `due`, `to` (me, nobody), `from` (who had it) and `return`, the page to go back to. */
const taking = (permission: Permission) =>
  route(
    permission,
    "read write",
    async ({ request, db, actor, audit, language }) => {
      const { isForm, fields } = await readForm(request);
      const form = TakeForm.safeParse(fields);
      if (!form.success || takingNeeds(form.data.kind) !== permission) throw new AppError("request.invalid");
      await takeWork({ db, actor, audit }, form.data, new Date());
      if (!isForm) return Response.json({}, { headers: { "cache-control": "no-store" } });
      const notice = form.data.to === "me" ? "work.taken" : "work.given";
      return seeOther(placeOfForm(form.data.return, `/${languageIn(request, language)}`, { notice }));
    },
    (error, request) =>
      backTo((fields, _request, language) => placeOfForm(fields["return"], `/${language}`, holderOf(error)))(
        error,
        request,
      ),
  );

export const takeAccess = taking("access:request");
export const takeLicences = taking("licence:edit");
export const takeAccount = taking("account:link");
export const takeConnection = taking("sync:startAll");

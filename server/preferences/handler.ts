// The forms that lay out the list of customers for one member, without scripts, and lead back to their page.
import { AppError } from "#server/errors.ts";
import { backTo, languageIn, placeOfForm, readForm, seeOther } from "#server/http/forms.ts";
import { route } from "#server/route.ts";
import { LayoutForm } from "./schema.ts";
import { changeLayout } from "./service.ts";

/** `POST /api/preferences/customers`: columns with their order and widths, density, a group to fold, or back to the usual. */
export const changeListLayout = route(
  "customer:list",
  "read write",
  async ({ request, db, actor, audit, language }) => {
    const { isForm, fields } = await readForm(request);
    const form = LayoutForm.safeParse(fields);
    if (!form.success) throw new AppError("request.invalid");
    const layout = await changeLayout({ actor, db, audit }, form.data, new Date());
    if (!isForm) return Response.json(layout);
    const place = placeOfForm(form.data.return, `/${languageIn(request, language)}/customers`);
    // Who moves a column finds it where the browser looks next.
    return seeOther(form.data.move ? { ...place, hash: form.data.move[1] } : place);
  },
  backTo((fields, _request, language) => placeOfForm(fields["return"], `/${language}/customers`)),
);

// The form that pins and unpins a customer without scripts, and leads back to its page with what can be undone.
import { z } from "zod";
import { AppError } from "#server/errors.ts";
import { backTo, languageIn, placeOfForm, readForm, seeOther } from "#server/http/forms.ts";
import { route } from "#server/route.ts";
import { requireCustomer } from "#server/trpc.ts";
import { PinForm } from "./schema.ts";
import { pinCustomer, unpinCustomers } from "./service.ts";

/** `POST /api/pins/{customer}` with `act` (pin, unpin) and `return`, the page to go back to; `about` names the customer. */
export const changePin = route<{ id: string }>(
  "customer:pin",
  "read write",
  async ({ request, params, db, actor, audit, language }) => {
    const { isForm, fields } = await readForm(request);
    const form = PinForm.safeParse(fields);
    const id = z.uuid().safeParse(params.id);
    if (!form.success || !id.success) throw new AppError("request.invalid");
    await requireCustomer({ actor, db }, "customer:pin", id.data);
    const { act } = form.data;
    if (act === "pin") await pinCustomer({ actor, db, audit }, id.data);
    else await unpinCustomers({ actor, db, audit }, [id.data]);
    if (!isForm) return Response.json({ isPinned: act === "pin" });
    const home = `/${languageIn(request, language)}`;
    return seeOther(placeOfForm(form.data.return, home, { notice: `${act}.done`, about: id.data }));
  },
  backTo((fields, _request, language) => placeOfForm(fields["return"], `/${language}`)),
);

// The forms of converting trials, which work without scripts: convert one account, name early access programmes.
import { AppError } from "#server/errors.ts";
import { backTo, languageIn, readForm, seeOther } from "#server/http/forms.ts";
import { route } from "#server/route.ts";
import { packUndo } from "#server/undo/rules.ts";
import { requireEndable } from "#server/unlinks/service.ts";
import { type Conversion, MOST_UNITS, TrialForm } from "./schema.ts";
import { addProgramme, convertAccount, removeProgramme } from "./service.ts";

/** `trial-<n>` names a trial by its key, `quantity-<n>` what is ordered in its place; '' or no field: unlimited. */
function readTrials(fields: Record<string, unknown>): Conversion["trials"] {
  return Object.entries(fields).flatMap(([name, key]): Conversion["trials"] => {
    const [, number] = /^trial-(\d{1,3})$/.exec(name) ?? [];
    if (number === undefined || typeof key !== "string" || key.length > 200) return [];
    const typed = fields[`quantity-${number}`];
    if (typed === undefined) return [{ key, quantity: null }];
    const quantity = Number(typed);
    if (typed === "" || !Number.isInteger(quantity) || quantity < 1 || quantity > MOST_UNITS)
      throw new AppError("trial.quantity", { fields: { [`quantity-${number}`]: "range" } });
    return [{ key, quantity }];
  });
}

/** `POST /api/trials/{customer}` with `action`: convert (with the trials that were seen), addProgramme, removeProgramme. */
export const change = route<{ id: string }>(
  "trial:convert",
  "read write",
  async ({ request, params: { id }, db, actor, audit, language }) => {
    const { isForm, fields } = await readForm(request);
    const form = TrialForm.safeParse(fields);
    if (!form.success) throw new AppError("request.invalid");
    const customer = await requireEndable({ actor, db }, "trial:convert", id);
    const ctx = { db, actor, audit };
    const done = async (): Promise<Record<string, string>> => {
      switch (form.data.action) {
        case "convert": {
          const { conversionId, accountId } = form.data;
          const trials = readTrials(fields);
          await convertAccount(ctx, customer, { conversionId, accountId, trials }, new Date());
          return { notice: "converted" };
        }
        case "addProgramme": {
          const { programme, takesMonthly } = form.data;
          await addProgramme(ctx, id, { programme, takesMonthly: takesMonthly === "on" });
          return { notice: "programmeAdded" };
        }
        case "removeProgramme": {
          // What the page needs to note it again.
          const removed = await removeProgramme(ctx, id, form.data.programmeId);
          return {
            notice: "programmeRemoved",
            ...(removed &&
              packUndo(
                { programme: removed.programme, ...(removed.takesMonthly && { takesMonthly: "on" }) },
                { act: "programme", of: id, membershipId: actor.membershipId },
              )),
          };
        }
      }
    };
    const query = await done();
    if (!isForm)
      return Response.json({ notice: query["notice"] }, { headers: { "cache-control": "no-store" } });
    return seeOther({ path: `/${languageIn(request, language)}/customers/${id}/convert`, query });
  },
  backTo((fields, request, language) => {
    const id = new URL(request.url).pathname.split("/").at(-1) ?? "";
    const typed = Object.entries(fields).filter(([name]) => /^quantity-\d{1,3}$|^programme$/.test(name));
    return { path: `/${language}/customers/${id}/convert`, query: Object.fromEntries(typed) };
  }),
);

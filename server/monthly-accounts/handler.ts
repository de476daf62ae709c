// The steps of the wizard as forms without scripts: each is kept and leads to the next, or back to what is missing.
import { z } from "zod";
import { AppError } from "#server/errors.ts";
import { backTo, languageIn, readForm, seeOther } from "#server/http/forms.ts";
import { route } from "#server/route.ts";
import { wizardSteps } from "./schema.ts";
import { createMonthlyAccount, discardDraft, openAgain, saveStep } from "./service.ts";

const Step = z.enum(["details", "licences", "terms", "create", "discard", "again"]);

/** `POST /api/monthly-accounts/{id}` with `step` and its fields; `id` is given out by the first page. */
export const advance = route<{ id: string }>(
  "account:create",
  "read write",
  async ({ request, params: { id }, db, actor, audit, language }) => {
    const { isForm, fields } = await readForm(request);
    const step = Step.safeParse(fields["step"]);
    if (!step.success || !z.uuid().safeParse(id).success) throw new AppError("request.invalid");
    const ctx = { db, actor, audit };
    const now = new Date();
    const page = `/${languageIn(request, language)}/customers/new`;
    const go = async (): Promise<{ path: string; query?: Record<string, string> }> => {
      switch (step.data) {
        case "details":
        case "licences":
        case "terms": {
          const { isComplete, isCreated } = await saveStep(ctx, id, step.data, fields, now);
          if (isCreated) return { path: `${page}/${id}` };
          const next = isComplete ? wizardSteps[wizardSteps.indexOf(step.data) + 1] : step.data;
          return {
            path: `${page}/${id}`,
            query: { step: next ?? "summary", ...(!isComplete && { error: "monthly.incomplete" }) },
          };
        }
        case "create":
          await createMonthlyAccount(ctx, id, now);
          return { path: `${page}/${id}` };
        case "discard":
          await discardDraft(ctx, id);
          return { path: page, query: { notice: "discarded" } };
        case "again":
          await openAgain(ctx, id, now);
          return { path: `${page}/${id}` };
      }
    };
    const place = await go();
    return isForm ? seeOther(place) : Response.json(place, { headers: { "cache-control": "no-store" } });
  },
  backTo((fields, request, language) => {
    const id = new URL(request.url).pathname.split("/").at(-1) ?? "";
    const page = `/${language}/customers/new`;
    const { step = "" } = fields;
    const shown = wizardSteps.find((each) => each === step);
    return step === "" ? { path: page } : { path: `${page}/${id}`, ...(shown && { query: { step: shown } }) };
  }),
);

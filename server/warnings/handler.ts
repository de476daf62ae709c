// The forms of living with a warning, which work without scripts: each leads back to its reason with what became of it.
import type { Language } from "#locales/languages.ts";
import { AppError, type AppErrorCode } from "#server/errors.ts";
import { backTo, languageIn, type Place, placeOfForm, readForm, seeOther } from "#server/http/forms.ts";
import { holderOf } from "#server/home/rules.ts";
import { route } from "#server/route.ts";
import { requireCustomer } from "#server/trpc.ts";
import { type Act, WarningForm } from "./schema.ts";
import { handleWarning } from "./service.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Checkboxes of one form need names of their own: `denied-<id>`. */
const checkbox = /^denied-([0-9a-f-]{36})$/;

/** What is wrong with a form that does not fit, by what it was to do. */
const invalid: Partial<Record<Act, AppErrorCode>> = {
  assign: "warning.assignee",
  comment: "warning.comment",
  snooze: "warning.why",
  accept: "warning.why",
};

function readAct(fields: Record<string, unknown>): WarningForm {
  const ticked = Object.keys(fields).flatMap((name) => checkbox.exec(name)?.[1] ?? []);
  const plain = Object.fromEntries(
    Object.entries(fields).filter(([name]) => name !== "return" && !checkbox.test(name)),
  );
  const parsed = WarningForm.safeParse(ticked.length > 0 ? { ...plain, denied: ticked } : plain);
  if (parsed.success) return parsed.data;
  const isAbout = (name: string) => parsed.error.issues.some((issue) => issue.path[0] === name);
  if (isAbout("act") || isAbout("code") || isAbout("subject")) throw new AppError("request.invalid");
  if (isAbout("for") || isAbout("until")) throw new AppError("warning.until");
  if (isAbout("denied")) throw new AppError("warning.applications");
  throw new AppError(invalid[String(fields["act"]) as Act] ?? "request.invalid");
}

const placeOf = (
  fields: Record<string, string>,
  id: string,
  language: Language,
  outcome: Record<string, string> = {},
): Place => ({
  path: `/${language}/customers/${id}`,
  query: { ...outcome, code: fields["code"] ?? "", subject: fields["subject"] ?? "" },
  hash: "why",
});

/** What a page that only assigns (Home) is told; `return` in the form names it. */
const outcomeOf = (form: WarningForm): string =>
  form.act === "assign" && form.to === "" ? "work.given" : "work.taken";

/** `POST /api/warnings/{customer}`: assigns, comments, snoozes, accepts or reopens one reason of its status. */
export const handle = route<{ id: string }>(
  "warning:handle",
  "read write",
  async ({ request, params, db, actor, audit, language }) => {
    const { isForm, fields } = await readForm(request);
    if (!uuid.test(params.id)) throw new AppError("customer.notFound");
    const form = readAct(fields);
    const customer = await requireCustomer({ actor, db }, "warning:handle", params.id);
    await handleWarning({ actor, db, audit }, customer, form, new Date());
    if (!isForm) return Response.json({}, { headers: { "cache-control": "no-store" } });
    if (fields["return"] !== undefined)
      return seeOther(
        placeOfForm(fields["return"], `/${languageIn(request, language)}`, { notice: outcomeOf(form) }),
      );
    const about = form.act === "disallow" ? {} : { code: form.code, subject: form.subject };
    return seeOther(placeOf(about, params.id, languageIn(request, language), { handled: form.act }));
  },
  (error, request) =>
    backTo((fields, _request, language) => {
      if (fields["return"] !== undefined)
        return placeOfForm(fields["return"], `/${language}`, holderOf(error));
      const id = new URL(request.url).pathname.split("/").at(-1) ?? "";
      const { act = "", why = "", text = "", until = "", for: term = "" } = fields;
      const typed = Object.entries({ act, why, text, until, for: term }).filter(([, value]) => value !== "");
      return placeOf(fields, id, language, Object.fromEntries(typed));
    }, "refused")(error, request),
);

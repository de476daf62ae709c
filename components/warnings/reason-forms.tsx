import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select, TextInput } from "#components/ui/input.tsx";
import { getT } from "#locales/server.ts";
import { type Act, type HandledReason, snoozeTerms } from "#server/warnings/schema.ts";
import { formAction, sentBack, type WarningView } from "./warning-view.ts";

type Props = { handled: HandledReason; place: number; view: WarningView; isRefused: boolean };

/** One small form per act; a refused one holds again what was typed. */
export async function ReasonForms({ handled, place, view, isRefused }: Props) {
  const t = await getT(view.lang, "warnings");
  const { reason, subject, acts, assignee } = handled;
  const denied = reason.code === "denied_application" ? view.warnings.denied : [];
  const id = (name: string) => `reason-${place}-${name}`;
  const kept = (act: Act, name: string) =>
    isRefused && sentBack(view, "act") === act ? (sentBack(view, name) ?? "") : "";
  const form = (act: Act, title: string, submit: string, content: ReactNode) =>
    acts.includes(act) && (
      <form
        key={act}
        method="post"
        action={formAction(view)}
        aria-labelledby={id(act)}
        className="flex flex-col items-start gap-3 rounded-md bg-sunken p-3"
      >
        <h3 id={id(act)} className="font-semibold">
          {title}
        </h3>
        <input type="hidden" name="act" value={act} />
        <input type="hidden" name="code" value={reason.code} />
        <input type="hidden" name="subject" value={subject} />
        {content}
        <Button type="submit" size="small" className="mt-auto">
          {submit}
        </Button>
      </form>
    );
  const why = (act: "snooze" | "accept") => (
    <Field id={id(`${act}-why`)} label={t("why")} hint={t("whyHint")} className="w-full">
      {(control) => (
        <TextInput {...control} name="why" required maxLength={500} defaultValue={kept(act, "why")} />
      )}
    </Field>
  );
  return (
    <div className="grid gap-3 pt-1 lg:grid-cols-2">
      {form(
        "assign",
        t("assign.title"),
        t("assign.submit"),
        <>
          <input type="hidden" name="from" value={assignee?.id ?? ""} />
          <Field id={id("to")} label={t("assign.to")} className="w-full">
            {(control) => (
              <Select
                {...control}
                name="to"
                defaultValue={assignee?.id ?? ""}
                options={[
                  { value: "", label: t("assign.nobody") },
                  ...view.warnings.team.map((one) => ({
                    value: one.id,
                    label: `${one.name} · ${one.email}`,
                  })),
                ]}
              />
            )}
          </Field>
        </>,
      )}
      {form(
        "comment",
        t("comment.title"),
        t("comment.submit"),
        <Field id={id("text")} label={t("comment.text")} hint={t("comment.hint")} className="w-full">
          {(control) => (
            <textarea
              {...control}
              name="text"
              required
              maxLength={2000}
              rows={2}
              defaultValue={kept("comment", "text")}
              className="w-full rounded-md bg-surface p-3 text-prose ring-1 ring-line-strong ring-inset hover:ring-ink-soft focus-visible:outline-offset-0 sm:text-body"
            />
          )}
        </Field>,
      )}
      {form(
        "snooze",
        t("snooze.title"),
        t("snooze.submit"),
        <>
          <div className="grid w-full items-end gap-3 sm:grid-cols-2">
            <Field id={id("for")} label={t("snooze.for")}>
              {(control) => (
                <Select
                  {...control}
                  name="for"
                  defaultValue={kept("snooze", "for") || "week"}
                  options={snoozeTerms.map((term) => ({ value: term, label: t(`snooze.term.${term}`) }))}
                />
              )}
            </Field>
            <Field id={id("until")} label={t("snooze.until")}>
              {(control) => (
                <TextInput
                  {...control}
                  name="until"
                  type="datetime-local"
                  defaultValue={kept("snooze", "until")}
                />
              )}
            </Field>
          </div>
          <p className="text-caption text-ink-soft">{t("snooze.untilHint", { zone: view.timeZone })}</p>
          {why("snooze")}
        </>,
      )}
      {form(
        "accept",
        t("accept.title"),
        t(denied.length > 0 ? "accept.submitApplications" : "accept.submit"),
        <>
          {denied.length === 0 ? (
            <p className="text-caption text-ink-soft">{t("accept.hint")}</p>
          ) : (
            <fieldset className="w-full">
              <legend className="mb-1.5 font-medium">{t("accept.applications")}</legend>
              {denied.map((one) => (
                <label key={one.id} className="flex min-h-8 items-start gap-2 py-1">
                  <input type="checkbox" name={`denied-${one.id}`} className="mt-0.5 size-4 accent-accent" />
                  <span className="min-w-0 break-words">
                    {one.names.join(", ")} <code className="text-caption text-ink-soft">{one.pattern}</code>
                  </span>
                </label>
              ))}
            </fieldset>
          )}
          {why("accept")}
        </>,
      )}
      {form(
        "reopen",
        t("reopen.title"),
        t("reopen.submit"),
        <p className="text-caption text-ink-soft">{t("reopen.hint")}</p>,
      )}
    </div>
  );
}

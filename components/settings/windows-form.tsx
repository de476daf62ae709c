import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select, TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { covers, type Windows } from "#server/settings/schema.ts";
import { type Query, typed } from "./settings-page.tsx";

/** A new maintenance window. What was refused stands in its fields again; customers that may have been meant are offered. */
export async function WindowsForm({
  windows: { groups, matches, offset },
  query,
  lang,
  timeZone,
  membershipId,
}: {
  windows: Windows;
  query: Query;
  lang: Language;
  timeZone: string;
  membershipId: string;
}) {
  const t = await getT(lang, "settings");
  const kept = (name: string) => typed(query, name) ?? "";
  const time = (name: "from" | "until") => (
    <Field id={name} label={t(`windows.${name}`)}>
      {(control) => (
        <TextInput {...control} name={name} type="datetime-local" required defaultValue={kept(name)} />
      )}
    </Field>
  );
  return (
    <Section id="add" title={t("windows.add")}>
      <form
        method="post"
        action={`/api/settings/windows?lang=${lang}&membership=${membershipId}`}
        className="grid gap-5 sm:grid-cols-2"
      >
        <Field id="name" label={t("windows.name")} hint={t("windows.nameHint")} className="sm:col-span-2">
          {(control) => (
            <TextInput {...control} name="name" required maxLength={100} defaultValue={kept("name")} />
          )}
        </Field>
        <fieldset className="sm:col-span-2">
          <legend className="mb-1.5 font-medium">{t("windows.covers")}</legend>
          <div className="grid gap-3">
            {covers.map((one) => (
              <div key={one} className="grid items-center gap-x-4 gap-y-2 sm:grid-cols-[14rem_minmax(0,1fr)]">
                <label className="flex min-h-9 items-center gap-2">
                  <input
                    type="radio"
                    name="covers"
                    value={one}
                    defaultChecked={one === (kept("covers") || (kept("customer") ? "customer" : "all"))}
                    className="size-4 accent-accent"
                  />
                  {t(`windows.coversOf.${one}`)}
                </label>
                {one === "group" && (
                  <Select
                    name="groupId"
                    aria-label={t("windows.group")}
                    defaultValue={kept("groupId")}
                    options={[
                      { value: "", label: t("windows.groupNone") },
                      ...groups.map(({ id, name }) => ({ value: id, label: name })),
                    ]}
                  />
                )}
                {one === "customer" && (
                  <TextInput
                    name="customer"
                    maxLength={300}
                    aria-label={t("windows.customer")}
                    placeholder={t("windows.customerHint")}
                    defaultValue={kept("customer")}
                  />
                )}
                {one === "customer" && matches.length > 0 && (
                  <Select
                    name="customerId"
                    aria-label={t("windows.match")}
                    className="sm:col-start-2"
                    options={[
                      ...matches.map(({ id, name, domain }) => ({
                        value: id,
                        label: domain === null ? name : `${name} · ${domain}`,
                      })),
                      { value: "", label: t("windows.matchNone") },
                    ]}
                  />
                )}
              </div>
            ))}
          </div>
        </fieldset>
        {time("from")}
        {time("until")}
        <p className="text-caption text-ink-soft sm:col-span-2">
          {t("windows.zone", { zone: timeZone, offset })}
        </p>
        <div className="sm:col-span-2">
          <Button type="submit" variant="primary">
            {t("windows.submit")}
          </Button>
        </div>
      </form>
    </Section>
  );
}

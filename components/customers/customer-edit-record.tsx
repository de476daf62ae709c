import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { HeldValue } from "#components/ui/held-value.tsx";
import { Select, TextInput } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Section } from "#components/ui/section.tsx";
import { type Language, languages } from "#locales/languages.ts";
import { errorText, isErrorCode } from "#locales/resources.ts";
import { getT } from "#locales/server.ts";
import type { CustomerRecord } from "#server/records/schema.ts";

const faultOf: Record<string, string> = {
  "customer.nameRequired": "nameShown",
  "customer.nameTooLong": "nameShown",
  "customer.nameTaken": "nameShown",
  "customer.managerTooLong": "accountManager",
  "customer.tags": "tags",
  "customer.notesTooLong": "notes",
  "customer.timeZone": "timeZone",
};

/** *Edit customer information*. Refused, it has what was typed; where somebody else was faster, also what stands by now. */
export async function CustomerEditRecord({
  record,
  lang,
  membershipId,
  typed,
  wrong,
}: {
  record: CustomerRecord;
  lang: Language;
  membershipId: string;
  typed: Readonly<Record<string, string>>;
  wrong: string | undefined;
}) {
  const [t, common] = await Promise.all([getT(lang, "customer"), getT(lang, "common")]);
  const { internal } = record;
  const stored: Record<string, string> = {
    nameShown: record.nameShown,
    accountManager: record.accountManager ?? "",
    tags: internal?.tags.join("; ") ?? "",
    notes: internal?.notes ?? "",
    language: record.language ?? "",
    timeZone: record.timeZone ?? "",
  };
  const value = (name: string) => typed[name] ?? stored[name] ?? "";
  const error = (name: string) =>
    wrong !== undefined && isErrorCode(wrong) && faultOf[wrong] === name
      ? errorText(lang, wrong).message
      : undefined;
  /** What somebody else has saved meanwhile, where it is not what was typed. */
  const standing = (name: string, shown: string = stored[name] ?? "") =>
    wrong === "customer.changed" && value(name) !== stored[name] ? (
      <p className="mt-1.5 text-caption" data-now={name}>
        {t("name.now")} <bdi className="font-medium whitespace-pre-wrap">{shown || t("edit.nothing")}</bdi>
      </p>
    ) : undefined;
  const zones = [
    ...new Set([value("timeZone"), "UTC", ...Intl.supportedValuesOf("timeZone")].filter(Boolean)),
  ].toSorted();
  const action = `/api/records/${record.id}?${new URLSearchParams({ lang, membership: membershipId })}`;
  return (
    <Section id="record" title={t("edit.record")} data-section="record">
      <form method="post" action={action} className="grid max-w-3xl gap-5 sm:grid-cols-2">
        <HeldValue name="version" value={record.version} />
        <Field
          id="nameShown"
          label={t("name.label")}
          hint={t("name.hint")}
          error={error("nameShown")}
          className="sm:col-span-2"
        >
          {(control) => (
            <>
              <TextInput
                {...control}
                name="nameShown"
                required
                dir="auto"
                autoComplete="off"
                defaultValue={value("nameShown")}
              />
              {standing("nameShown")}
            </>
          )}
        </Field>
        <Field id="accountManager" label={t("facts.manager")} error={error("accountManager")}>
          {(control) => (
            <>
              <TextInput
                {...control}
                name="accountManager"
                dir="auto"
                maxLength={100}
                autoComplete="off"
                defaultValue={value("accountManager")}
              />
              {standing("accountManager")}
            </>
          )}
        </Field>
        <Field id="tags" label={t("facts.tags")} hint={t("edit.tagsHint")} error={error("tags")}>
          {(control) => (
            <>
              <TextInput
                {...control}
                name="tags"
                dir="auto"
                autoComplete="off"
                defaultValue={value("tags")}
              />
              {standing("tags")}
            </>
          )}
        </Field>
        <Field id="language" label={t("facts.language")}>
          {(control) => (
            <>
              <Select
                {...control}
                name="language"
                defaultValue={value("language")}
                options={[
                  { value: "", label: t("edit.unknown") },
                  ...languages.map((one) => ({ value: one, label: common(`language.${one}`) })),
                ]}
              />
              {standing("language", record.language ? common(`language.${record.language}`) : "")}
            </>
          )}
        </Field>
        <Field id="timeZone" label={t("facts.timeZone")} error={error("timeZone")}>
          {(control) => (
            <>
              <Select
                {...control}
                name="timeZone"
                defaultValue={value("timeZone")}
                options={[
                  { value: "", label: t("edit.unknown") },
                  ...zones.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") })),
                ]}
              />
              {standing("timeZone")}
            </>
          )}
        </Field>
        <Field
          id="notes"
          label={t("facts.notes")}
          hint={t("edit.notesHint")}
          error={error("notes")}
          className="sm:col-span-2"
        >
          {(control) => (
            <>
              <textarea
                {...control}
                name="notes"
                dir="auto"
                rows={5}
                defaultValue={value("notes")}
                className="w-full rounded-md bg-surface p-3 text-prose ring-1 ring-line-strong ring-inset hover:ring-ink-soft focus-visible:outline-offset-0 aria-invalid:ring-2 aria-invalid:ring-danger sm:text-body"
              />
              {standing("notes")}
            </>
          )}
        </Field>
        <div className="flex flex-wrap gap-2 sm:col-span-2">
          <Button type="submit" variant="primary">
            {t("edit.save")}
          </Button>
          <LinkButton href={`/${lang}/customers/${record.id}`} variant="quiet">
            {t("edit.cancel")}
          </LinkButton>
          <p className="basis-full text-caption text-ink-soft">{t("edit.noUndo")}</p>
        </div>
      </form>
    </Section>
  );
}

import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select, TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { type Language, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { Profile } from "#server/profile/schema.ts";
import { fieldError, type Query } from "./notices.tsx";

const names: Record<Language, string> = { en: "English", it: "Italiano", fr: "Français" };

export async function AboutForm({
  profile,
  query,
  lang,
}: {
  profile: Profile;
  query: Query;
  lang: Language;
}) {
  const t = await getT(lang, "profile");
  const zones = [...new Set([profile.timeZone, "UTC", ...Intl.supportedValuesOf("timeZone")])].toSorted();
  return (
    <Section id="about" title={t("about.title")}>
      <form method="post" action="/api/profile/about" className="grid max-w-3xl gap-5 sm:grid-cols-2">
        <Field id="name" label={t("about.name")} error={fieldError(query, lang, ["profile.nameInvalid"])}>
          {(control) => (
            <TextInput
              {...control}
              name="name"
              required
              maxLength={200}
              autoComplete="name"
              defaultValue={profile.name}
            />
          )}
        </Field>
        <div>
          <p className="mb-1.5 font-medium">{t("about.email")}</p>
          <p className="flex min-h-10 items-center break-all sm:min-h-9">{profile.email}</p>
        </div>
        <Field id="language" label={t("about.language")}>
          {(control) => (
            <Select
              {...control}
              name="language"
              defaultValue={profile.language}
              options={languages.map((value) => ({ value, label: names[value] }))}
            />
          )}
        </Field>
        <Field
          id="timeZone"
          label={t("about.timeZone")}
          error={fieldError(query, lang, ["profile.timeZoneInvalid"])}
        >
          {(control) => (
            <Select
              {...control}
              name="timeZone"
              defaultValue={profile.timeZone}
              options={zones.map((value) => ({ value, label: value.replaceAll("_", " ") }))}
            />
          )}
        </Field>
        <div className="sm:col-span-2">
          <Button type="submit">{t("about.submit")}</Button>
        </div>
      </form>
    </Section>
  );
}

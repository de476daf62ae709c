import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select, TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { countryName } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import { type DetailField, dataRegions, type MonthlyAccount } from "#server/monthly-accounts/schema.ts";
import { PostForm, type PostTarget } from "./post-form.tsx";

/** Where a data region is; the vendor's names for them. */
const places: Record<(typeof dataRegions)[number], string> = {
  eu01: "IE",
  eu02: "DE",
  us01: "US",
  us03: "US",
  ca01: "CA",
  au01: "AU",
  jp01: "JP",
  br01: "BR",
  in01: "IN",
};
const browserNames: Partial<Record<DetailField, string>> = {
  name: "organization",
  firstName: "given-name",
  lastName: "family-name",
  email: "email",
  street: "street-address",
  city: "address-level2",
  postalCode: "postal-code",
  country: "country",
};

/** The first step; `faults` are shown once the step was sent. */
export async function DetailsForm({
  details,
  faults,
  countries,
  target,
}: {
  details: MonthlyAccount["details"];
  faults: MonthlyAccount["detailFaults"];
  countries: readonly string[];
  target: PostTarget;
}) {
  const { lang } = target;
  const t = await getT(lang, "accounts");
  const shown = (field: DetailField) => {
    const fault = faults[field];
    return {
      id: field,
      label: t(`new.field.${field}`),
      ...(fault && { error: t(`new.fault.${fault}`) }),
      ...(field === "region" && { hint: t("new.regionHint") }),
    };
  };
  const text = (field: DetailField, maxLength: number, type = "text") => (
    <Field {...shown(field)}>
      {(control) => (
        <TextInput
          {...control}
          name={field}
          type={type}
          defaultValue={details[field]}
          maxLength={maxLength}
          required={field !== "postalCode"}
          autoComplete={browserNames[field]}
        />
      )}
    </Field>
  );
  const choice = (field: DetailField, options: { value: string; label: string }[]) => (
    <Field {...shown(field)}>
      {(control) => (
        <Select
          {...control}
          name={field}
          defaultValue={details[field] ?? ""}
          required
          options={[{ value: "", label: t("new.choose") }, ...options]}
        />
      )}
    </Field>
  );
  const named = countries
    .map((code) => ({ value: code, label: countryName(lang, code) }))
    .sort((a, b) => a.label.localeCompare(b.label, lang));
  return (
    <Section id="details" title={t("new.step.details")}>
      <PostForm target={target} fields={{ step: "details" }} className="flex max-w-2xl flex-col gap-5">
        <p className="text-ink-soft">{t("new.kept")}</p>
        {text("name", 300)}
        <fieldset className="flex flex-col gap-4">
          <legend className="mb-3 text-prose font-semibold">{t("new.contact")}</legend>
          <div className="grid gap-4 sm:grid-cols-2">
            {text("firstName", 300)}
            {text("lastName", 300)}
          </div>
          {text("email", 400, "email")}
        </fieldset>
        <fieldset className="flex flex-col gap-4">
          <legend className="mb-3 text-prose font-semibold">{t("new.address")}</legend>
          {text("street", 400)}
          <div className="grid gap-4 sm:grid-cols-[1fr_2fr]">
            {text("postalCode", 60)}
            {text("city", 300)}
          </div>
          {choice("country", named)}
        </fieldset>
        {choice(
          "region",
          dataRegions.map((region) => ({
            value: region,
            label: `${region} (${countryName(lang, places[region])})`,
          })),
        )}
        <div>
          <Button type="submit" variant="primary">
            {t("new.next.details")}
          </Button>
        </div>
      </PostForm>
    </Section>
  );
}

import { Field } from "#components/ui/field.tsx";
import { TextInput } from "#components/ui/input.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import {
  type FieldFault,
  type Limit,
  limitPeriods,
  type VendorId,
  vendors,
} from "#server/connections/schema.ts";

/** What stands in the fields, and what is wrong with them, by the name of the field. */
export type Entered = {
  lang: Language;
  /** Sets the ids of these fields apart from other forms of the page. */
  prefix: string;
  values: Readonly<Record<string, string>>;
  faults: Readonly<Record<string, FieldFault>>;
};

type SettingName = "idUrl" | "apiUrl" | "region" | "currency";

async function faultText({ lang, faults }: Entered, name: string): Promise<string | undefined> {
  const fault = faults[name];
  return fault && (await getT(lang, "connections"))(`wrong.${fault}`);
}

export async function NameField(entered: Entered) {
  const t = await getT(entered.lang, "connections");
  return (
    <Field
      id={`${entered.prefix}-name`}
      label={t("field.name")}
      hint={t("field.nameHint")}
      error={await faultText(entered, "name")}
    >
      {(control) => (
        <TextInput {...control} name="name" required maxLength={100} defaultValue={entered.values["name"]} />
      )}
    </Field>
  );
}

/** Identifier and secret, never filled in; the browser is asked to keep neither. */
export async function CredentialFields(entered: Entered) {
  const t = await getT(entered.lang, "connections");
  return (
    <>
      <Field
        id={`${entered.prefix}-client-id`}
        label={t("field.clientId")}
        error={await faultText(entered, "clientId")}
      >
        {(control) => (
          <TextInput
            {...control}
            name="clientId"
            required
            maxLength={400}
            autoComplete="off"
            spellCheck={false}
          />
        )}
      </Field>
      <Field
        id={`${entered.prefix}-client-secret`}
        label={t("field.clientSecret")}
        hint={t("field.secretHint")}
        error={await faultText(entered, "clientSecret")}
      >
        {(control) => (
          <TextInput
            {...control}
            name="clientSecret"
            type="password"
            required
            maxLength={4000}
            autoComplete="new-password"
          />
        )}
      </Field>
    </>
  );
}

export async function SettingFields({ vendor, ...entered }: Entered & { vendor: VendorId }) {
  const t = await getT(entered.lang, "connections");
  const { settings } = vendors[vendor];
  if (settings.length === 0) return null;
  const errors = await Promise.all(settings.map(({ name }) => faultText(entered, `setting-${name}`)));
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {settings.map((setting, index) => {
        const name = setting.name as SettingName;
        const hint =
          setting.default === undefined
            ? name === "idUrl"
              ? undefined
              : t(`settingHint.${name}`)
            : t("settingHint.standard", { standard: setting.default });
        return (
          <Field
            key={name}
            id={`${entered.prefix}-${name}`}
            label={t(`setting.${name}`)}
            hint={hint}
            error={errors[index]}
          >
            {(control) => (
              <TextInput
                {...control}
                name={`setting-${name}`}
                type={setting.kind === "url" ? "url" : "text"}
                maxLength={300}
                spellCheck={false}
                defaultValue={entered.values[`setting-${name}`]}
              />
            )}
          </Field>
        );
      })}
    </div>
  );
}

/** One number per period; periods that were set otherwise have their field too. */
export async function LimitFields({ limits, ...entered }: Entered & { limits: readonly Limit[] }) {
  const t = await getT(entered.lang, "connections");
  const stored = new Map(limits.map(({ calls, seconds }) => [seconds, String(calls)]));
  const periods = [...new Set([...limitPeriods, ...stored.keys()])].sort((a, b) => a - b);
  const errors = await Promise.all(periods.map((seconds) => faultText(entered, `limit-${seconds}`)));
  return (
    <fieldset>
      <legend className="font-medium">{t("field.limits")}</legend>
      <p className="mb-2 text-caption text-ink-soft">{t("field.limitsHint")}</p>
      <div className="grid grid-cols-2 gap-4 lg:grid-cols-4">
        {periods.map((seconds, index) => {
          const period = limitPeriods.find((one) => one === seconds);
          return (
            <Field
              key={seconds}
              id={`${entered.prefix}-limit-${seconds}`}
              label={
                period === undefined ? t("field.perSeconds", { seconds }) : t(`field.perPeriod.${period}`)
              }
              error={errors[index]}
            >
              {(control) => (
                <TextInput
                  {...control}
                  name={`limit-${seconds}`}
                  inputMode="numeric"
                  maxLength={7}
                  defaultValue={entered.values[`limit-${seconds}`] ?? stored.get(seconds)}
                />
              )}
            </Field>
          );
        })}
      </div>
    </fieldset>
  );
}

import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { HeldValue } from "#components/ui/held-value.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import { type FieldFault, vendorIds, vendors } from "#server/connections/schema.ts";
import type { ConnectionView } from "./connection-view.ts";
import { CredentialFields, LimitFields, NameField, SettingFields } from "./fields.tsx";

type Props = {
  view: ConnectionView;
  /** What was typed in a form that was refused, and what is wrong with it. */
  values: Readonly<Record<string, string>>;
  faults: Readonly<Record<string, FieldFault>>;
};

/** What a person may change: each form says which state of the connection it was shown for. */
export async function ChangeForms({ view, values, faults }: Props) {
  const { details, lang } = view;
  const [t, list] = await Promise.all([getT(lang, "connection"), getT(lang, "connections")]);
  const vendor = vendorIds.find((id) => id === details.vendor);
  if (!vendor) return null;
  const { hasCredentials } = vendors[vendor];
  const hidden = (action: string) => (
    <>
      <input type="hidden" name="action" value={action} />
      <HeldValue name="version" value={details.version} />
    </>
  );
  const stored = Object.fromEntries(
    Object.entries(details.settings).map(([name, value]) => [`setting-${name}`, value]),
  );
  const entered = { lang, faults, values: { name: details.name, ...stored, ...values } };
  const word = t("remove.word");
  return (
    <>
      <Section id="edit" title={t("edit.title")}>
        <form method="post" action={view.action} className="flex max-w-2xl flex-col gap-5">
          {hidden("edit")}
          <NameField {...entered} prefix="edit" />
          <SettingFields {...entered} prefix="edit" vendor={vendor} />
          {hasCredentials && <LimitFields {...entered} prefix="edit" limits={details.limits} />}
          <div>
            <Button type="submit">{t("edit.submit")}</Button>
          </div>
        </form>
      </Section>
      {hasCredentials && (
        <Section id="secret" title={t("secret.title")}>
          <p className="mb-4 max-w-prose text-ink-soft">
            {t("secret.lead")} {!details.isFresh && list("create.proof")}
          </p>
          <form method="post" action={view.action} className="flex max-w-2xl flex-col gap-5">
            {hidden("secret")}
            <CredentialFields lang={lang} prefix="secret" values={{}} faults={faults} />
            <div>
              <Button type="submit">{t("secret.submit")}</Button>
            </div>
          </form>
        </Section>
      )}
      <Section id="power" title={t("power.title")}>
        <form
          method="post"
          action={view.action}
          className="flex flex-wrap items-center justify-between gap-4"
        >
          {hidden(details.isEnabled ? "disable" : "enable")}
          <p className="max-w-prose text-ink-soft">{t(details.isEnabled ? "power.on" : "power.off")}</p>
          <Button type="submit">{t(details.isEnabled ? "disable" : "enable")}</Button>
        </form>
      </Section>
      <Section id="remove" title={t("remove.title")}>
        <div className="max-w-prose">
          <p>{t("remove.lead")}</p>
          <ul className="mt-2 mb-4 list-disc pl-5 text-ink-soft">
            <li>{t("remove.goes", { formatted: formatNumber(lang, details.accounts.total) })}</li>
            <li>{t("remove.stays")}</li>
          </ul>
        </div>
        <form method="post" action={view.action} className="flex max-w-md flex-col gap-4">
          {hidden("remove")}
          <Field
            id="remove-word"
            label={t("remove.label", { word })}
            error={faults["word"] && list(`wrong.${faults["word"]}`)}
          >
            {(control) => <TextInput {...control} name="word" required maxLength={20} autoComplete="off" />}
          </Field>
          <div>
            <Button type="submit" variant="danger">
              {t("remove.submit")}
            </Button>
          </div>
        </form>
      </Section>
    </>
  );
}

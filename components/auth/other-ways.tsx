import { Button } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { Field } from "#components/ui/field.tsx";
import { PersonKeyIcon } from "#components/ui/icons.tsx";
import { TextInput } from "#components/ui/input.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

/**
 * Providers are shown to who knows the partner's short name, or followed the link of one: a public list would say whose
 * partner or customer somebody is. Plain links, because the browser may not send a form to another site.
 */
export async function OtherWays({
  lang,
  returnTo,
  partner,
  providers,
}: {
  lang: Language;
  returnTo: string;
  partner: string;
  /** null: nobody asked yet. */
  providers: readonly { id: string; name: string }[] | null;
}) {
  const t = await getT(lang, "auth");
  return (
    <div className="mt-6 border-t border-line pt-3">
      <Disclosure summary={t("other.title")} open={providers !== null}>
        <p className="text-ink-soft">{t("other.lead")}</p>
        {providers !== null && providers.length > 0 && (
          <ul className="mt-3 flex flex-col gap-2">
            {providers.map(({ id, name }) => (
              <li key={id}>
                <a
                  href={`/api/login/provider?${new URLSearchParams({ issuer: id, lang, return: returnTo })}`}
                  className={`${buttonClass({})} min-h-10 w-full`}
                >
                  <PersonKeyIcon />
                  {t("other.continueWith", { name })}
                </a>
              </li>
            ))}
          </ul>
        )}
        <form method="get" action={`/${lang}/sign-in`} className="mt-4 flex flex-col gap-3">
          <input type="hidden" name="return" value={returnTo} />
          <Field
            id="partner"
            label={t("other.partner")}
            hint={t("other.partnerHint")}
            error={providers?.length === 0 ? t("other.none") : undefined}
          >
            {(control) => (
              <TextInput
                {...control}
                name="partner"
                required
                maxLength={60}
                autoComplete="organization"
                autoCapitalize="none"
                defaultValue={partner}
              />
            )}
          </Field>
          <Button type="submit">{t("other.show")}</Button>
        </form>
      </Disclosure>
    </div>
  );
}

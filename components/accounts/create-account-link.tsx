import { LinkButton } from "#components/ui/link-button.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

/** The way to the wizard, for partners that may create monthly accounts. */
export async function CreateAccountLink({ lang }: { lang: Language }) {
  return (
    <LinkButton href={`/${lang}/customers/new`}>{(await getT(lang, "accounts"))("new.title")}</LinkButton>
  );
}

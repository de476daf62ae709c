import { headers } from "next/headers";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { Mark } from "./mark.tsx";

/** Nothing at this address, or nothing this reader may see: the two look alike on purpose. */
export async function NotFoundMessage() {
  // A not-found file gets no parameters; proxy.ts says which language the address is in.
  const lang = (await headers()).get("x-lang");
  const language = isLanguage(lang) ? lang : languages[0];
  const t = await getT(language, "common");
  return (
    <EmptyState
      level={1}
      icon={<Mark className="size-12" />}
      title={t("notFound.title")}
      reason={t("notFound.body")}
      action={
        <LinkButton href={`/${language}`} variant="primary">
          {t("notFound.action")}
        </LinkButton>
      }
    />
  );
}

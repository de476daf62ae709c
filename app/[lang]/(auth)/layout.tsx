import type { ReactNode } from "react";
import { Gallery } from "#components/layout/gallery.tsx";
import { LanguageSwitch } from "#components/layout/language-switch.tsx";
import { Mark } from "#components/layout/mark.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

type Props = { children: ReactNode; params: Promise<{ lang: string }> };

/** Pages without a session: a column for the form, and beside it, where there is room, the view. */
export default async function AuthLayout({ children, params }: Props) {
  const { lang } = await params;
  const language = isLanguage(lang) ? lang : languages[0];
  const t = await getT(language, "common");
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[minmax(30rem,5fr)_6fr]">
      <div className="flex min-h-dvh flex-col px-5 pt-5 pb-10 sm:px-8">
        <header className="mx-auto flex w-full max-w-104 items-center gap-2.5">
          <Mark className="size-8 shrink-0" />
          <span className="flex-1 text-[1.125rem] font-bold tracking-[-0.015em]">{t("product")}</span>
          <LanguageSwitch
            current={language}
            label={t("language.label")}
            names={{ en: t("language.en"), it: t("language.it"), fr: t("language.fr") }}
          />
        </header>
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto w-full max-w-104 pt-12 outline-none lg:pt-[12dvh]"
        >
          {children}
        </main>
      </div>
      <div className="sticky top-0 hidden h-dvh lg:block print:hidden">
        <Gallery className="size-full" />
      </div>
    </div>
  );
}

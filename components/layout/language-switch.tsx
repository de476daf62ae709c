"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { type Language, languages } from "#locales/languages.ts";

/** Links to the same page in the other languages; plain links, because the whole document changes its language. */
export function LanguageSwitch({
  current,
  label,
  names,
}: {
  current: Language;
  label: string;
  names: Record<Language, string>;
}) {
  const path = usePathname().split("/").slice(2).join("/");
  const search = useSearchParams().toString();
  return (
    <nav aria-label={label} className="print:hidden">
      <ul className="flex gap-1">
        {languages.map((language) => (
          <li key={language}>
            <a
              href={`/${language}${path && `/${path}`}${search && `?${search}`}`}
              hrefLang={language}
              lang={language}
              aria-label={names[language]}
              aria-current={language === current ? "true" : undefined}
              className="flex min-h-8 min-w-9 items-center justify-center rounded-md px-2 text-caption font-medium text-ink-soft uppercase transition-colors hover:bg-sunken hover:text-ink aria-[current]:bg-sunken aria-[current]:text-ink"
            >
              {language}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

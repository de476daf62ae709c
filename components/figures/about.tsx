import Link from "next/link";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type FigureId, figureHref, figureName } from "./registry.ts";

/** The mark beside a figure or a head: a link to what it means, which a script says on hover, focus and tap (figure-notes.tsx). */
export async function About({
  figure,
  lang,
  name = figureName(lang, figure),
}: {
  figure: FigureId;
  lang: Language;
  /** Where the figure is called otherwise than on its own page. */
  name?: string | undefined;
}) {
  const t = await getT(lang, "help");
  return (
    <Link
      href={figureHref(lang, figure)}
      prefetch={false}
      className="about"
      aria-label={t("about", { figure: name })}
    />
  );
}

/** Figures that stand in rows, or in links of their own, named and explained once beside them. */
export async function FigureLegend({
  figures,
  names = {},
  lang,
  className = "",
}: {
  figures: readonly FigureId[];
  names?: Partial<Record<FigureId, string>>;
  lang: Language;
  className?: string;
}) {
  const t = await getT(lang, "help");
  return (
    <ul
      aria-label={t("legend")}
      className={`flex flex-wrap gap-x-4 text-caption text-ink-soft print:hidden ${className}`}
    >
      {figures.map((figure) => (
        <li key={figure} className="inline-flex min-h-6 items-center gap-1">
          {names[figure] ?? figureName(lang, figure)}
          <About figure={figure} lang={lang} name={names[figure]} />
        </li>
      ))}
    </ul>
  );
}

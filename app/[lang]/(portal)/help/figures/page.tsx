import type { Metadata } from "next";
import { type FigureId, labelText, places } from "#components/figures/registry.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { SearchIcon } from "#components/ui/icons.tsx";
import { TextInput } from "#components/ui/input.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatNumber } from "#locales/format.ts";
import { isLanguage, languages } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

type Props = {
  params: Promise<{ lang: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};
type Explained = { id: FigureId; name: string; meaning: string; counted: string; unit: string };

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);
/** Capitals and accents make no difference to a search. */
const plain = (text: string) => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "help");
  return { title: t("title") };
}

/** Every figure of the portal explains itself here, page by page: what it means, how it is counted, its unit, who says so. */
export default async function FiguresPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const [t, common, query] = await Promise.all([getT(lang, "help"), getT(lang, "common"), searchParams]);
  const q = ([query["q"]].flat()[0] ?? "").slice(0, 200).trim();
  const isFound = ({ id, unit: _, ...texts }: Explained) =>
    Object.values(texts).some((text) => plain(text).includes(plain(q)));
  const shown = places
    .map(({ id, title, figures }) => ({
      id,
      title: title.map((label) => labelText(lang, label)).join(" · "),
      figures: figures
        .map(({ id: figure, label, unit, source }): Explained => ({
          id: figure,
          name: labelText(lang, label),
          meaning: t(`figure.${figure}.meaning`),
          counted: t("counted", { text: t(`figure.${figure}.counted`) }),
          unit: t("unitAndSource", { unit: t(`unit.${unit}`), source: t(`source.${source}`) }),
        }))
        .filter(isFound),
    }))
    .filter(({ figures }) => figures.length > 0);
  const count = shown.reduce((sum, { figures }) => sum + figures.length, 0);
  const here = `/${lang}/help/figures`;
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")} />
      <search>
        <form method="get" action={here} className="mb-5 flex max-w-xl flex-wrap items-end gap-2">
          <Field id="q" label={t("search.label")} className="min-w-0 flex-1 basis-48">
            {(control) => <TextInput {...control} type="search" name="q" defaultValue={q} maxLength={200} />}
          </Field>
          <Button type="submit" icon={<SearchIcon />}>
            {t("search.submit")}
          </Button>
          {q !== "" && (
            <LinkButton href={here} variant="quiet">
              {t("search.clear")}
            </LinkButton>
          )}
        </form>
      </search>
      <output className="mb-3 block text-ink-soft">
        {t("search.found", { count, formatted: formatNumber(lang, count) })}
      </output>
      {shown.length === 0 && (
        <div className="rounded-lg border border-line bg-surface">
          <EmptyState title={t("search.none")} reason={t("search.noneWhy")} />
        </div>
      )}
      {shown.length > 1 && (
        <nav aria-label={t("contents")} className="mb-7 print:hidden">
          <ul className="flex flex-wrap gap-x-4 gap-y-1">
            {shown.map(({ id, title }) => (
              <li key={id}>
                <a
                  href={`#${id}`}
                  className="inline-flex min-h-7 items-center text-accent underline underline-offset-2"
                >
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      {shown.map(({ id, title, figures }) => (
        <section key={id} aria-labelledby={id} className="mb-8">
          <h2 id={id} className="mb-2 scroll-mt-16 text-prose font-semibold lg:scroll-mt-4">
            {title}
          </h2>
          <dl className="figure-list">
            {figures.map((figure) => (
              <div key={figure.id} id={figure.id}>
                <dt>{figure.name}</dt>
                <dd>{figure.meaning}</dd>
                <dd>{figure.counted}</dd>
                <dd>{figure.unit}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      {count > 10 && (
        <p className="text-caption">
          <a href="#content" className="text-ink-soft underline underline-offset-2">
            {common("backToTop")}
          </a>
        </p>
      )}
    </>
  );
}

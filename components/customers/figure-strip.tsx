import { About } from "#components/figures/about.tsx";
import type { FigureId } from "#components/figures/registry.ts";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

export type StripFigure = {
  id: FigureId;
  label: string;
  value: number | string | null;
  /** Said below the figure: what it is a part of. */
  of?: string | undefined;
};

/** A row of figures; a text is shown as it is, a missing one says so. */
export async function FigureStrip({
  lang,
  label,
  figures,
}: {
  lang: Language;
  label: string;
  figures: readonly StripFigure[];
}) {
  const common = await getT(lang, "common");
  return (
    <dl aria-label={label} className="grid grid-cols-2 gap-px border-b border-line bg-line sm:grid-cols-4">
      {figures.map(({ id, label: name, value, of }) => (
        <div key={id} className="flex flex-col bg-surface px-4 py-3 sm:px-5">
          <dt className="flex items-start gap-1 text-caption text-ink-soft">
            {name}
            <About figure={id} lang={lang} name={name} />
          </dt>
          <dd
            className="mt-auto text-title font-semibold"
            data-column={id}
            data-blank={value === null ? "not_reported" : undefined}
          >
            {value === null ? (
              <span className="text-body font-normal text-ink-soft">{common("blank.not_reported")}</span>
            ) : typeof value === "number" ? (
              formatNumber(lang, value)
            ) : (
              value
            )}
            {of !== undefined && <span className="block text-caption font-normal text-ink-soft">{of}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

import { CheckIcon } from "#components/ui/icons.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";

export const importSteps = ["upload", "mapping", "preview", "result"] as const;
export type ImportStep = (typeof importSteps)[number];

/** Where in the import one is; words and a tick, so that it reads without colour. */
export async function ImportSteps({ current, lang }: { current: ImportStep; lang: Language }) {
  const t = await getT(lang, "imports");
  const at = importSteps.indexOf(current);
  return (
    <ol aria-label={t("steps.label")} className="flex flex-wrap gap-x-6 gap-y-2 text-caption print:hidden">
      {importSteps.map((step, index) => (
        <li
          key={step}
          aria-current={index === at ? "step" : undefined}
          className={`flex items-center gap-2 ${index === at ? "font-semibold text-ink" : "text-ink-soft"}`}
        >
          <span
            className={`grid size-5 place-items-center rounded-full text-micro font-semibold ${index === at ? "bg-accent text-on-accent" : "bg-sunken text-ink-soft"}`}
          >
            {index < at ? <CheckIcon className="size-3" /> : index + 1}
          </span>
          {t(`steps.${step}`)}
        </li>
      ))}
    </ol>
  );
}

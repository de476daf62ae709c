import type { ReactNode } from "react";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { CheckIcon } from "#components/ui/icons.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { type WizardStep, wizardSteps } from "#server/monthly-accounts/schema.ts";

/** The head of the wizard, where one is in it, and the ways back; `current` null: it is over. */
export async function WizardFrame({
  current,
  accountId,
  title,
  lang,
  children,
}: {
  current: WizardStep | null;
  /** Set once the first step was kept: then each earlier step is a link. */
  accountId: string | null;
  title: string;
  lang: Language;
  children: ReactNode;
}) {
  const [t, common] = await Promise.all([getT(lang, "accounts"), getT(lang, "common")]);
  const at = current === null ? wizardSteps.length : wizardSteps.indexOf(current);
  return (
    <>
      <PageHeader
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[{ label: t("customers"), href: `/${lang}/customers` }, { label: t("new.title") }]}
          />
        }
        title={<bdi>{title}</bdi>}
        lead={current === null ? undefined : t("new.lead")}
        below={
          <ol
            aria-label={t("new.steps")}
            className="flex flex-wrap gap-x-6 gap-y-2 text-caption print:hidden"
          >
            {wizardSteps.map((step, index) => (
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
                {index < at && accountId !== null && current !== null ? (
                  <a
                    href={`/${lang}/customers/new/${accountId}?step=${step}`}
                    className="underline underline-offset-2"
                  >
                    {t(`new.step.${step}`)}
                  </a>
                ) : (
                  t(`new.step.${step}`)
                )}
              </li>
            ))}
          </ol>
        }
      />
      {children}
    </>
  );
}

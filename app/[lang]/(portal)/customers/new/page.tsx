import type { Metadata } from "next";
import { DetailsForm } from "#components/accounts/details-form.tsx";
import { OutcomeNotice } from "#components/accounts/outcome-notice.tsx";
import { languageOf, type Query } from "#components/accounts/page-input.ts";
import { PostForm } from "#components/accounts/post-form.tsx";
import { WizardFrame } from "#components/accounts/wizard-frame.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatAgo } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await getT(languageOf((await params).lang), "accounts"))("new.title") };
}

export default async function NewAccountPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const query = await searchParams;
  const [actor, t] = await Promise.all([requireActor(), getT(lang, "accounts")]);
  const { isFlex, countries, drafts, newId, now } = await api.monthlyAccounts.wizard({});
  const target = (id: string) => ({
    to: `/api/monthly-accounts/${id}`,
    membershipId: actor.membershipId,
    lang,
  });
  return (
    <WizardFrame current="details" accountId={null} title={t("new.title")} lang={lang}>
      <OutcomeNotice
        done={query["notice"] === "discarded" ? t("new.discarded") : undefined}
        error={query["error"]}
        lang={lang}
      />
      {!isFlex ? (
        <EmptyState title={t("new.notFlex")} reason={t("new.notFlexWhy")} />
      ) : (
        <>
          {drafts.length > 0 && (
            <Section id="drafts" title={t("new.drafts")}>
              <ul className="divide-y divide-line">
                {drafts.map(({ id, name, updatedAt }) => (
                  <li key={id} className="flex flex-wrap items-center justify-between gap-2 py-2">
                    <span className="min-w-0">
                      <a
                        href={`/${lang}/customers/new/${id}`}
                        className="font-medium text-accent underline underline-offset-2"
                      >
                        <bdi>{name || t("new.draftUnnamed")}</bdi>
                      </a>{" "}
                      <span className="text-caption text-ink-soft">
                        {t("new.draftAge", { ago: formatAgo(lang, new Date(updatedAt), new Date(now)) })}
                      </span>
                    </span>
                    <PostForm target={target(id)} fields={{ step: "discard" }}>
                      <Button
                        type="submit"
                        size="small"
                        aria-label={t("new.discardNamed", { name: name || t("new.draftUnnamed") })}
                      >
                        {t("new.discard")}
                      </Button>
                    </PostForm>
                  </li>
                ))}
              </ul>
              <p className="mt-3 text-caption text-ink-soft">{t("new.discardHint")}</p>
            </Section>
          )}
          <DetailsForm details={{}} faults={{}} countries={countries} target={target(newId)} />
        </>
      )}
    </WizardFrame>
  );
}

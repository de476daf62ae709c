import type { Metadata } from "next";
import { lenientCursor } from "#components/customers/lenient-cursor.ts";
import { HomeFilter } from "#components/home/home-filter.tsx";
import { HomeNotice } from "#components/home/home-notice.tsx";
import { type HomeView, homeHref } from "#components/home/home-view.ts";
import { OwnHome } from "#components/home/own-home.tsx";
import { PinnedSection } from "#components/home/pinned-section.tsx";
import { WorkQueue } from "#components/home/work-queue.tsx";
import { PinNotice } from "#components/pins/pin-notice.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { isLanguage, languages } from "#locales/languages.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { readHomeAddress } from "#server/home/schema.ts";
import { type Actor, can } from "#server/permissions.ts";
import { PinnedInput } from "#server/pins/schema.ts";
import { requireActor } from "#server/session.ts";

type Query = Record<string, string | string[] | undefined>;
type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };

const languageOf = (lang: string) => (isLanguage(lang) ? lang : languages[0]);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const t = await getT(languageOf((await params).lang), "home");
  return { title: t("title") };
}

/** Where everybody arrives: the queue of work for partners, their own dashboard for a customer's users. */
export default async function HomePage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const actor = await requireActor();
  return actor.customerId === null ? (
    <PartnerHome actor={actor} query={await searchParams} lang={lang} />
  ) : (
    <CustomerHome actor={actor} customerId={actor.customerId} lang={lang} />
  );
}

async function PartnerHome({ actor, query, lang }: { actor: Actor; query: Query; lang: Language }) {
  const input = readHomeAddress(query);
  const { group, kind } = input;
  const [t, common, queue, pinned] = await Promise.all([
    getT(lang, "home"),
    getT(lang, "common"),
    lenientCursor(input.after, (after) => api.home.queue({ ...input, after })),
    api.pins.rows({ group, changed: PinnedInput.shape.changed.safeParse(query["about"]).data }),
  ]);
  const view: HomeView = {
    queue,
    input,
    membershipId: actor.membershipId,
    lang,
    timeZone: actor.timeZone,
  };
  const ofKind = kind === "warning" && input.of === "mine" ? t("mineWarnings") : kind && t(`kind.${kind}`);
  const title = ofKind ?? t("title");
  return (
    <>
      <PageHeader
        title={title}
        {...(kind === undefined
          ? { lead: t("lead") }
          : {
              above: (
                <Breadcrumb
                  label={common("breadcrumb")}
                  items={[{ label: t("title"), href: homeHref(view, { kind: undefined }) }, { label: title }]}
                />
              ),
            })}
      />
      <HomeNotice query={query} about={queue.about} lang={lang} />
      <PinNotice
        query={query}
        name={pinned.changedName ?? undefined}
        membershipId={actor.membershipId}
        returnTo={homeHref(view)}
        lang={lang}
      />
      <HomeFilter view={view} />
      <div
        className={
          kind === undefined
            ? "grid items-start gap-x-6 xl:grid-cols-[minmax(0,1fr)_20rem] 2xl:grid-cols-[minmax(0,1fr)_26rem]"
            : ""
        }
      >
        <section aria-label={t("work")} className="min-w-0">
          <WorkQueue view={view} />
        </section>
        {kind === undefined && <PinnedSection rows={pinned.rows} view={view} />}
      </div>
      <p className="mt-2 text-caption">
        <a href="#content" className="text-ink-soft underline underline-offset-2">
          {common("backToTop")}
        </a>
      </p>
    </>
  );
}

async function CustomerHome({
  actor,
  customerId,
  lang,
}: {
  actor: Actor;
  customerId: string;
  lang: Language;
}) {
  const [details, people] = await Promise.all([
    api.customers.byId({ customerId }),
    api.home.people({ customerId }),
  ]);
  return (
    <OwnHome
      view={{ details, lang, timeZone: actor.timeZone }}
      people={people}
      partnerName={actor.partnerName}
      mayConnect={can(actor, "connection:manageOwn")}
    />
  );
}

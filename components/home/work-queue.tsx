import { About } from "#components/figures/about.tsx";
import type { FigureId } from "#components/figures/registry.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { TickCircleIcon } from "#components/ui/icons.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Pagination } from "#components/ui/pagination.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatList, formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { WorkKind, WorkQueue as Queue } from "#server/home/schema.ts";
import { type HomeView, homeHref } from "./home-view.ts";
import { WorkRow } from "./work-row.tsx";
import { type WorkText, workWriter } from "./work-words.ts";

const figures: Record<WorkKind, FigureId> = {
  connection: "workConnection",
  stuck: "workStuck",
  warning: "workWarning",
  request: "workRequest",
  access_end: "workAccessEnd",
  licence_end: "workLicenceEnd",
  over_use: "workOverUse",
  account: "workAccount",
};
type Group = Queue["sections"][number];

/** What waits, by kind: a few of each with their number, and where all of them are; of one kind a page of it. */
export async function WorkQueue({ view }: { view: HomeView }) {
  const { queue, input, lang } = view;
  const [t, write] = await Promise.all([getT(lang, "home"), workWriter(view)]);
  const full = queue.sections.filter(({ items }) => items.length > 0);
  const empty = queue.sections.filter(({ items }) => items.length === 0);
  const title = (kind: WorkKind) =>
    kind === "warning" && input.of === "mine" ? t("mineWarnings") : t(`kind.${kind}`);
  if (full.length === 0) return <Nothing view={view} />;
  return (
    <>
      {full.map((group) => (
        <WorkGroup key={group.kind} group={group} title={title(group.kind)} view={view} write={write} />
      ))}
      {empty.length > 0 && (
        <p className="mb-6 flex gap-2 text-ink-soft">
          <TickCircleIcon className="mt-0.5 size-4 shrink-0 text-positive" />
          {t("nothingIn", {
            kinds: formatList(
              lang,
              empty.map(({ kind }) => title(kind)),
            ),
          })}
        </p>
      )}
    </>
  );
}

async function WorkGroup({
  group: { kind, total, isMore, items, next },
  title,
  view,
  write,
}: {
  group: Group;
  title: string;
  view: HomeView;
  write: (item: Group["items"][number]) => WorkText;
}) {
  const { input, lang } = view;
  const t = await getT(lang, "home");
  const formatted = formatNumber(lang, total);
  const isAlone = input.kind !== undefined;
  const isMine = kind === "warning" && input.of === "mine";
  const about = isMine ? "mineWarnings" : kind;
  return (
    <Section
      id={kind}
      title={title}
      about={<About figure={isMine ? "workMine" : figures[kind]} lang={lang} />}
      flush
      aside={
        <span className="font-semibold text-ink tabular-nums">
          {isMore ? t("countMore", { formatted }) : formatted}
        </span>
      }
      action={
        !isAlone && total > items.length ? (
          <LinkButton href={homeHref(view, { kind })} size="small" aria-label={t("allOf", { kind: title })}>
            {t("all")}
          </LinkButton>
        ) : undefined
      }
    >
      <p className="px-4 pt-2.5 text-caption text-ink-soft sm:px-5">{t(`about.${about}`)}</p>
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <WorkRow
            key={`${item.subjectId} ${item.reason?.code ?? ""} ${item.subject}`}
            item={item}
            text={write(item)}
            view={view}
          />
        ))}
      </ul>
      {isAlone && (next ?? input.after) && (
        <div className="border-t border-line px-4 pb-3 sm:px-5">
          <Pagination
            label={t("pages")}
            first={input.after ? { href: homeHref(view), label: t("first") } : undefined}
            next={next ? { href: homeHref(view, { after: next }), label: t("next") } : undefined}
          />
        </div>
      )}
    </Section>
  );
}

/** Nothing waits: said so that it feels like what it is. */
async function Nothing({ view }: { view: HomeView }) {
  const { input, lang } = view;
  const t = await getT(lang, "home");
  const which = input.kind ? "kind" : input.of;
  return (
    <div className="mb-6 rounded-lg border border-line bg-surface" data-state="empty">
      <EmptyState
        icon={<TickCircleIcon className="size-8 text-positive" />}
        title={t(`empty.${which}.title`)}
        reason={t(`empty.${which}.reason`)}
        action={
          input.kind ? (
            <LinkButton href={homeHref(view, { kind: undefined })}>{t("empty.home")}</LinkButton>
          ) : input.of === "mine" ? (
            <LinkButton href={homeHref(view, { of: "team" })}>{t("empty.toTeam")}</LinkButton>
          ) : (
            <LinkButton href={`/${lang}/customers`}>{t("empty.toCustomers")}</LinkButton>
          )
        }
      />
    </div>
  );
}

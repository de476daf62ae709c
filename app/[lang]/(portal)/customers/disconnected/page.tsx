import type { Metadata } from "next";
import { OutcomeNotice } from "#components/accounts/outcome-notice.tsx";
import { languageOf, type Query } from "#components/accounts/page-input.ts";
import { About } from "#components/figures/about.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import { Breadcrumb } from "#components/ui/breadcrumb.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { formatDateTime, formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import { api } from "#server/caller.ts";
import { requireActor } from "#server/session.ts";

type Props = { params: Promise<{ lang: string }>; searchParams: Promise<Query> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await getT(languageOf((await params).lang), "accounts"))("disconnect.list") };
}

export default async function DisconnectedPage({ params, searchParams }: Props) {
  const lang = languageOf((await params).lang);
  const query = await searchParams;
  const [actor, t, common] = await Promise.all([
    requireActor(),
    getT(lang, "accounts"),
    getT(lang, "common"),
  ]);
  const { rows } = await api.disconnects.list({});
  const counted = (count: number) => ({ count, formatted: formatNumber(lang, count) });
  const ledger = (problems: number | null) =>
    problems === null
      ? t("disconnect.unverified")
      : problems === 0
        ? t("disconnect.verified")
        : t("disconnect.broken", counted(problems));
  const figures = { progress: "disconnectProgress", ledger: "disconnectLedger" } as const;
  const heads = ["customer", "by", "when", "progress", "ledger"] as const;
  return (
    <>
      <PageHeader
        above={
          <Breadcrumb
            label={common("breadcrumb")}
            items={[{ label: t("customers"), href: `/${lang}/customers` }, { label: t("disconnect.list") }]}
          />
        }
        title={t("disconnect.list")}
        lead={t("disconnect.listLead")}
      />
      <OutcomeNotice
        done={query["notice"] === "disconnected" ? t("disconnect.done") : undefined}
        error={query["error"]}
        lang={lang}
      />
      {rows.length === 0 ? (
        <EmptyState
          title={t(actor.memberAll ? "disconnect.listNone" : "disconnect.listLimited")}
          reason={t(actor.memberAll ? "disconnect.listNoneWhy" : "disconnect.listLimitedWhy")}
          action={<LinkButton href={`/${lang}/customers`}>{t("customers")}</LinkButton>}
        />
      ) : (
        <TableFrame label={t("disconnect.list")} hint={common("table.scrollHint")}>
          <Table caption={t("disconnect.list")} density="comfortable">
            <thead>
              <tr>
                {heads.map((head) => (
                  <HeaderCell
                    key={head}
                    {...(head in figures && {
                      explanation: <About figure={figures[head as keyof typeof figures]} lang={lang} />,
                    })}
                  >
                    {t(`disconnect.${head}`)}
                  </HeaderCell>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.customerId} data-row-id={row.customerId} data-state={row.state}>
                  <th scope="row">
                    <bdi>{row.name}</bdi>
                  </th>
                  <td>{row.byName}</td>
                  <td>{formatDateTime(lang, actor.timeZone, new Date(row.createdAt))}</td>
                  <td>
                    <Badge tone={row.state === "done" ? "neutral" : "pending"}>
                      {t(`disconnect.state.${row.state}`)}
                    </Badge>{" "}
                    {t("disconnect.rows", counted(row.rowsDeleted))}
                  </td>
                  <td>{ledger(row.ledgerProblems)}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </TableFrame>
      )}
    </>
  );
}

import Link from "next/link";
import { About } from "#components/figures/about.tsx";
import type { FigureId } from "#components/figures/registry.ts";
import { HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { formatAge, formatDateTime, formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { ConnectionList, ConnectionRow } from "#server/connections/schema.ts";
import { HealthBadge } from "./health-badge.tsx";
import { limitText } from "./limit-text.ts";
import { vendorOf } from "#components/customers/vendors.ts";

type Props = { list: ConnectionList; lang: Language; timeZone: string; showsOwner: boolean };

export async function ConnectionsTable({ list, lang, timeZone, showsOwner }: Props) {
  const [t, common] = await Promise.all([getT(lang, "connections"), getT(lang, "common")]);
  const now = new Date(list.now);
  const about = (figure: FigureId) => <About figure={figure} lang={lang} />;
  return (
    <TableFrame label={t("title")} hint={common("table.scrollHint")}>
      <Table caption={t("title")} density="comfortable">
        <thead>
          <tr>
            <HeaderCell>{t("column.name")}</HeaderCell>
            {showsOwner && <HeaderCell>{t("column.owner")}</HeaderCell>}
            <HeaderCell explanation={about("connectionState")}>{t("column.state")}</HeaderCell>
            <HeaderCell numeric explanation={about("connectionRead")}>
              {t("column.read")}
            </HeaderCell>
            <HeaderCell explanation={about("connectionNext")}>{t("column.next")}</HeaderCell>
            <HeaderCell numeric explanation={about("connectionAccounts")}>
              {t("column.accounts")}
            </HeaderCell>
            <HeaderCell numeric explanation={about("connectionFailing")}>
              {t("column.failing")}
            </HeaderCell>
            <HeaderCell numeric explanation={about("connectionUnmatched")}>
              {t("column.unmatched")}
            </HeaderCell>
            <HeaderCell explanation={about("connectionLimits")}>{t("column.limits")}</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {list.rows.map((row) => (
            <Row key={row.id} row={row} lang={lang} timeZone={timeZone} now={now} showsOwner={showsOwner} />
          ))}
        </tbody>
      </Table>
    </TableFrame>
  );
}

async function Row({
  row,
  lang,
  timeZone,
  now,
  showsOwner,
}: Omit<Props, "list"> & { row: ConnectionRow; now: Date }) {
  const t = await getT(lang, "connections");
  const read = row.lastSuccessAt === null ? undefined : new Date(row.lastSuccessAt);
  const page = `/${lang}/connections/${row.id}`;
  const account = (filter: string, count: number) =>
    count === 0 ? (
      formatNumber(lang, 0)
    ) : (
      <Link
        href={`${page}?accounts=${filter}#accounts`}
        prefetch={false}
        className="underline underline-offset-2"
      >
        {formatNumber(lang, count)}
      </Link>
    );
  return (
    <tr data-row-id={row.id}>
      <th scope="row" className="truncate" title={row.name}>
        <Link href={page} prefetch={false} className="font-medium hover:underline">
          <bdi>{row.name}</bdi>
        </Link>
        <span className="block truncate text-caption font-normal text-ink-soft">
          {vendorOf(row.vendor).name}
        </span>
      </th>
      {showsOwner && (
        <td>
          {row.customer === null ? (
            t("own")
          ) : (
            <Link
              href={`/${lang}/customers/${row.customer.id}`}
              prefetch={false}
              className="underline underline-offset-2"
            >
              <bdi>{row.customer.name}</bdi>
            </Link>
          )}
        </td>
      )}
      <td>
        <HealthBadge health={row.health} lang={lang} timeZone={timeZone} now={now} />
      </td>
      <td className="number">
        {read ? (
          <time dateTime={read.toISOString()} title={formatDateTime(lang, timeZone, read)}>
            {formatAge(lang, read, now)}
          </time>
        ) : (
          t("never")
        )}
      </td>
      <td>{nextText(t, row, lang, timeZone, now)}</td>
      <td className="number">{formatNumber(lang, row.accounts.total)}</td>
      <td className="number">{account("failing", row.accounts.failing)}</td>
      <td className="number">{account("unmatched", row.accounts.unmatched)}</td>
      <td className="text-ink-soft">{await limitText(lang, row.limits)}</td>
    </tr>
  );
}

type Translate = Awaited<ReturnType<typeof getT<"connections">>>;

/** What comes next: the run that goes on with its progress, else the planned one. */
export function nextText(
  t: Translate,
  { run, nextRunAt }: Pick<ConnectionRow, "run" | "nextRunAt">,
  lang: Language,
  timeZone: string,
  now: Date,
): string {
  if (run?.state === "queued") return t("waiting");
  if (run)
    return run.total === null
      ? t("starting")
      : t("running", { done: formatNumber(lang, run.done), total: formatNumber(lang, run.total) });
  if (nextRunAt === null) return t("noRun");
  const next = new Date(nextRunAt);
  return next <= now ? t("now") : formatDateTime(lang, timeZone, next);
}

import Link from "next/link";
import type { ReactNode } from "react";
import { formatNumber } from "#locales/format.ts";
import type { Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import type { CustomerList, CustomerListInput, Status } from "#server/customers/schema.ts";
import { listHref } from "./list-address.ts";
import { StatusIcon } from "./status-badge.tsx";

/** Orders are not applicable and stand in no counter (domain.md); they are reached by the status filter. */
const counted = ["warning", "sync_pending", "access_disabled", "synced"] as const satisfies Status[];

/** Customers per status, each a filter; pressing the one in force takes it away. */
export async function StatusStrip({ counts, input, lang }: { counts: CustomerList["counts"]; input: CustomerListInput; lang: Language }) {
  const [t, words] = await Promise.all([getT(lang, "customers"), getT(lang, "status")]);
  const entry = (label: string, count: number, status: Status | undefined, icon?: ReactNode) => {
    const isCurrent = input.status === status;
    return (
      <li key={status ?? "all"}>
        <Link
          href={listHref(lang, input, { status: isCurrent ? undefined : status })}
          prefetch={false}
          scroll={false}
          aria-current={isCurrent ? "true" : undefined}
          title={status && words(`explanation.${status}`)}
        >
          <span className="label">
            {icon}
            {label}
          </span>
          <span className="count">
            {counts.isMore && <small>{t("strip.moreThan")} </small>}
            {formatNumber(lang, count)}
          </span>
        </Link>
      </li>
    );
  };
  return (
    <ul aria-label={t("strip.label")} className="status-strip">
      {entry(t("strip.all"), counts.total, undefined)}
      {counted.map((status) => entry(words(`word.${status}`), counts.byStatus[status] ?? 0, status, <StatusIcon status={status} />))}
    </ul>
  );
}

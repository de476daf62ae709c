import { About } from "#components/figures/about.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { BlankCell, HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { formatMoney, formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import { type CustomerView, sectionState } from "./customer-view.ts";
import { DataAge } from "./data-age.tsx";
import { FigureStrip } from "./figure-strip.tsx";

/** SaaS applications with their people and costs; where the customer is not entitled, a preview of what it would give. */
export async function SaasSection({ view }: { view: CustomerView }) {
  const { details, lang } = view;
  const { saas, saasBlank } = details;
  const [t, common] = await Promise.all([getT(lang, "customer"), getT(lang, "common")]);
  return (
    <Section
      id="saas"
      title={t("saas.title")}
      aside={
        saas ? (
          <DataAge view={view} />
        ) : saasBlank === "not_entitled" ? (
          <Badge tone="accent">{t("saas.preview")}</Badge>
        ) : undefined
      }
      flush
      data-section="saas"
      data-state={sectionState(details, saasBlank, saas?.length ?? 0)}
    >
      {saas === null ? (
        saasBlank === "not_entitled" ? (
          <SaasPreview view={view} />
        ) : (
          <EmptyState
            level={3}
            title={common(`blank.${saasBlank ?? "not_reported"}`)}
            reason={saasBlank === "not_reported" ? t("saas.notReportedWhy") : undefined}
          />
        )
      ) : (
        <SaasFigures view={view} />
      )}
    </Section>
  );
}

async function SaasFigures({ view }: { view: CustomerView }) {
  const { details, lang } = view;
  const { row } = details;
  const saas = details.saas ?? [];
  const [t, common] = await Promise.all([getT(lang, "customer"), getT(lang, "common")]);
  const blank = (numeric: boolean) => (
    <BlankCell numeric={numeric} why={common("blank.not_reported")} data-blank="not_reported" />
  );
  const number = (value: number | null) =>
    value === null ? blank(true) : <td className="number">{formatNumber(lang, value)}</td>;
  const part = (value: number | null, whole: number | null) =>
    value === null || whole === null ? undefined : t("saas.of", { total: formatNumber(lang, whole) });
  return (
    <>
      <FigureStrip
        lang={lang}
        label={t("saas.figures")}
        figures={[
          { id: "saasApplications", label: t("saas.applications"), value: row.saasApplications },
          {
            id: "saasActiveUsers",
            label: t("saas.activeUsers"),
            value: row.saasActiveUsers,
            of: part(row.saasActiveUsers, row.saasUsers),
          },
          {
            id: "saasUnassigned",
            label: t("saas.unassigned"),
            value: row.saasUnassigned,
            of: part(row.saasUnassigned, row.saasSubscriptions),
          },
          {
            id: "saasMonthlySpend",
            label: t("saas.monthlySpend"),
            value: row.saasMonthlySpend && formatMoney(lang, row.saasMonthlySpend, row.saasCurrency),
          },
        ]}
      />
      {saas.length === 0 ? (
        <EmptyState level={3} title={t("saas.empty")} reason={t("saas.emptyWhy")} />
      ) : (
        <div className="p-4 sm:p-5">
          <TableFrame label={t("saas.title")} hint={common("table.scrollHint")}>
            <Table caption={t("saas.title")}>
              <thead>
                <tr>
                  <HeaderCell>{t("saas.name")}</HeaderCell>
                  <HeaderCell>{t("saas.category")}</HeaderCell>
                  <HeaderCell numeric explanation={<About figure="saasAppUsers" lang={lang} />}>
                    {t("saas.users")}
                  </HeaderCell>
                  <HeaderCell numeric explanation={<About figure="saasAppActive" lang={lang} />}>
                    {t("saas.activeUsers")}
                  </HeaderCell>
                  <HeaderCell numeric explanation={<About figure="saasAppSubscriptions" lang={lang} />}>
                    {t("saas.subscriptions")}
                  </HeaderCell>
                  <HeaderCell numeric explanation={<About figure="saasAppAssigned" lang={lang} />}>
                    {t("saas.assigned")}
                  </HeaderCell>
                  <HeaderCell numeric explanation={<About figure="saasAppCost" lang={lang} />}>
                    {t("saas.yearlyCost")}
                  </HeaderCell>
                </tr>
              </thead>
              <tbody>
                {saas.map((one) => (
                  <tr key={one.id} data-row-id={one.id}>
                    <th scope="row">
                      <bdi className="font-medium">{one.name}</bdi>
                      <span className="block text-caption font-normal text-ink-soft">{one.manufacturer}</span>
                    </th>
                    {one.category === "" ? blank(false) : <td>{one.category}</td>}
                    {number(one.users)}
                    {number(one.activeUsers)}
                    {number(one.subscriptions)}
                    {number(one.assigned)}
                    {one.yearlyCost === null ? (
                      blank(true)
                    ) : (
                      <td className="number">{formatMoney(lang, one.yearlyCost, one.currency)}</td>
                    )}
                  </tr>
                ))}
              </tbody>
            </Table>
          </TableFrame>
        </div>
      )}
    </>
  );
}

/** What SaaS management would show here: the figures' names with what each answers, and no invented numbers. */
async function SaasPreview({ view }: { view: CustomerView }) {
  const t = await getT(view.lang, "customer");
  const shown = ["applications", "activeUsers", "unassigned", "monthlySpend"] as const;
  return (
    <div className="p-4 sm:p-5">
      <p className="max-w-prose">{t("saas.previewLead")}</p>
      <ul className="mt-4 grid gap-3 sm:grid-cols-2">
        {shown.map((name) => (
          <li key={name} className="rounded-md border border-dashed border-line-strong p-4">
            <span className="font-semibold">{t(`saas.${name}`)}</span>
            <span className="block text-ink-soft">{t(`saas.answers.${name}`)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

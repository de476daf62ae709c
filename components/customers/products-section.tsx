import { About } from "#components/figures/about.tsx";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Section } from "#components/ui/section.tsx";
import { BlankCell, HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { formatDay, formatNumber, formatPercent } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { CustomerDetails } from "#server/customer/schema.ts";
import { type CustomerView, sectionState } from "./customer-view.ts";
import { DataAge } from "./data-age.tsx";
import { overUse, UsageBar, usageLength } from "./usage-bar.tsx";
import { vendorOf } from "./vendors.ts";

type Licence = CustomerDetails["licences"][number];
const tones: Record<Licence["status"], Tone> = {
  active: "positive",
  trial: "pending",
  not_started: "neutral",
  expired: "danger",
  suspended: "danger",
};

/** Products and licences: visible without access too, as far as the partner owns them (domain.md, baseline). */
export async function ProductsSection({ view }: { view: CustomerView }) {
  const { details, lang } = view;
  const [t, list, common] = await Promise.all([
    getT(lang, "customer"),
    getT(lang, "customers"),
    getT(lang, "common"),
  ]);
  const { licences, hiddenLicences } = details;
  const state =
    licences.length > 0 && hiddenLicences > 0 ? "partial" : sectionState(details, null, licences.length);
  const hidden = hiddenLicences > 0 && (
    <p className="mt-3 text-caption text-ink-soft">
      {t("products.hidden", { count: hiddenLicences, formatted: formatNumber(lang, hiddenLicences) })}{" "}
      {t("products.hiddenWhy")}
    </p>
  );
  return (
    <Section
      id="products"
      title={t("products.title")}
      aside={<DataAge view={view} />}
      data-section="products"
      data-state={state}
    >
      {licences.length === 0 ? (
        <EmptyState level={3} title={t("products.empty")} reason={t("products.emptyWhy")} />
      ) : (
        <TableFrame label={t("products.title")} hint={common("table.scrollHint")}>
          <Table caption={t("products.title")} density="comfortable">
            <thead>
              <tr>
                <HeaderCell>{t("products.product")}</HeaderCell>
                <HeaderCell explanation={<About figure="productStatus" lang={lang} />}>
                  {t("products.status")}
                </HeaderCell>
                <HeaderCell explanation={<About figure="productUsage" lang={lang} />}>
                  {t("products.usage")}
                </HeaderCell>
                <HeaderCell numeric explanation={<About figure="productUsed" lang={lang} />}>
                  {t("products.used")}
                </HeaderCell>
                <HeaderCell numeric explanation={<About figure="productLicensed" lang={lang} />}>
                  {t("products.quantity")}
                </HeaderCell>
                <HeaderCell>{t("products.kind")}</HeaderCell>
                <HeaderCell>{t("products.owner")}</HeaderCell>
                <HeaderCell explanation={<About figure="productEnds" lang={lang} />}>
                  {t("products.ends")}
                </HeaderCell>
              </tr>
            </thead>
            <tbody>
              {licences.map((licence) => (
                <tr key={licence.id} data-row-id={licence.id}>
                  <th scope="row">
                    <bdi className="block truncate font-medium" title={licence.product}>
                      {licence.product}
                    </bdi>
                    <span className="block truncate text-micro text-ink-soft">
                      {[
                        vendorOf(licence.vendor).name,
                        licence.orderNumber && t("products.orderNumber", { number: licence.orderNumber }),
                      ]
                        .filter(Boolean)
                        .join(" · ")}
                    </span>
                  </th>
                  <td>
                    <Badge tone={tones[licence.status]}>{t(`products.state.${licence.status}`)}</Badge>
                  </td>
                  <Usage licence={licence} view={view} />
                  <Quantity
                    amount={licence.used}
                    blank={common("blank.not_reported")}
                    view={view}
                    column="used"
                  />
                  {licence.isUnlimited ? (
                    <td className="number" data-column="licensed">
                      {t("products.unlimited")}
                    </td>
                  ) : (
                    <Quantity
                      amount={licence.quantity}
                      blank={common("blank.not_reported")}
                      view={view}
                      column="licensed"
                    />
                  )}
                  <td>{list(`kind.${licence.kind}`)}</td>
                  <td>{t(`products.ownedBy.${licence.owner}`)}</td>
                  <td>
                    {licence.endsOn === null ? t("products.noEnd") : formatDay(lang, licence.endsOn)}
                    {licence.status === "not_started" && licence.startsOn !== null && (
                      <span className="block text-micro text-ink-soft">
                        {t("products.starts", { day: formatDay(lang, licence.startsOn) })}
                      </span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        </TableFrame>
      )}
      {hidden}
    </Section>
  );
}

function Quantity({
  amount,
  blank,
  view,
  column,
}: {
  amount: string | null;
  blank: string;
  view: CustomerView;
  column: string;
}) {
  return amount === null ? (
    <BlankCell numeric why={blank} data-column={column} data-blank="not_reported" />
  ) : (
    <td className="number" data-column={column}>
      {formatNumber(view.lang, amount)}
    </td>
  );
}

async function Usage({ licence, view: { lang } }: { licence: Licence; view: CustomerView }) {
  const [t, common] = await Promise.all([getT(lang, "customer"), getT(lang, "common")]);
  const length = licence.isUnlimited ? undefined : usageLength(licence.used, licence.quantity);
  if (length === undefined) {
    const isKnown = licence.used !== null && licence.quantity !== null;
    const [blank, why] = licence.isUnlimited
      ? ["unlimited", t("products.unlimited")]
      : isKnown
        ? ["no_licence", common("blank.no_licence")]
        : ["not_reported", common("blank.not_reported")];
    return <BlankCell why={why} data-blank={blank} />;
  }
  const over = overUse(licence.used, licence.quantity);
  const ratio = Number(licence.quantity) > 0 ? Number(licence.used) / Number(licence.quantity) : undefined;
  return (
    <td>
      <span
        className={`inline-flex items-center gap-2 text-caption ${over === undefined ? "text-ink-soft" : "text-warning"}`}
      >
        <UsageBar length={length} isOver={over !== undefined} />
        {over === undefined
          ? ratio !== undefined && t("products.percent", { percent: formatPercent(lang, ratio) })
          : t("products.overBy", { amount: formatNumber(lang, over) })}
      </span>
    </td>
  );
}

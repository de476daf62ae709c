import { About } from "#components/figures/about.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { AlertIcon } from "#components/ui/icons.tsx";
import { Section } from "#components/ui/section.tsx";
import { BlankCell, HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import { type CustomerView, sectionState } from "./customer-view.ts";
import { DataAge } from "./data-age.tsx";
import { FigureStrip } from "./figure-strip.tsx";

/** What is installed at the customer, denied applications first. */
export async function ApplicationsSection({ view }: { view: CustomerView }) {
  const { details, lang } = view;
  const { row, applications, applicationsBlank } = details;
  const [t, common] = await Promise.all([getT(lang, "customer"), getT(lang, "common")]);
  const number = (value: number | null) =>
    value === null ? (
      <BlankCell numeric why={common("blank.not_reported")} data-blank="not_reported" />
    ) : (
      <td className="number">{formatNumber(lang, value)}</td>
    );
  return (
    <Section
      id="applications"
      title={t("applications.title")}
      aside={applications && <DataAge view={view} />}
      flush
      data-section="applications"
      data-state={sectionState(details, applicationsBlank, applications?.length ?? 0)}
    >
      {applications === null ? (
        <EmptyState
          level={3}
          title={common(`blank.${applicationsBlank ?? "not_reported"}`)}
          reason={
            applicationsBlank === "not_entitled"
              ? t("applications.notEntitledWhy")
              : applicationsBlank === "not_reported"
                ? t("applications.notReportedWhy")
                : undefined
          }
        />
      ) : (
        <>
          <FigureStrip
            lang={lang}
            label={t("applications.figures")}
            figures={[
              {
                id: "applicationsInstalled",
                label: t("applications.installed"),
                value: row.applicationsInstalled,
              },
              { id: "applicationsDenied", label: t("applications.denied"), value: row.applicationsDenied },
              { id: "applicationsUnused", label: t("applications.unused"), value: row.applicationsUnused },
              { id: "licenceShortfall", label: t("applications.shortfall"), value: row.licenceShortfall },
            ]}
          />
          {applications.length === 0 ? (
            <EmptyState level={3} title={t("applications.empty")} reason={t("applications.emptyWhy")} />
          ) : (
            <div className="p-4 sm:p-5">
              <TableFrame label={t("applications.title")} hint={common("table.scrollHint")}>
                <Table caption={t("applications.title")}>
                  <thead>
                    <tr>
                      <HeaderCell>{t("applications.name")}</HeaderCell>
                      <HeaderCell>{t("applications.manufacturer")}</HeaderCell>
                      <HeaderCell numeric explanation={<About figure="applicationInstalls" lang={lang} />}>
                        {t("applications.installs")}
                      </HeaderCell>
                      <HeaderCell numeric explanation={<About figure="applicationUnused" lang={lang} />}>
                        {t("applications.unused")}
                      </HeaderCell>
                      <HeaderCell numeric explanation={<About figure="applicationShortfall" lang={lang} />}>
                        {t("applications.shortfall")}
                      </HeaderCell>
                    </tr>
                  </thead>
                  <tbody>
                    {applications.map((application) => (
                      <tr key={application.id} data-row-id={application.id}>
                        <th scope="row">
                          <bdi className="font-medium">{application.name}</bdi>{" "}
                          {application.isDenied && (
                            <Badge tone="danger" icon={<AlertIcon className="size-3.5" />}>
                              {t("applications.isDenied")}
                            </Badge>
                          )}
                        </th>
                        <td>
                          <bdi>{application.manufacturer}</bdi>
                        </td>
                        {number(application.installs)}
                        {number(application.unused)}
                        {number(application.shortfall)}
                      </tr>
                    ))}
                  </tbody>
                </Table>
              </TableFrame>
              {(row.applicationsInstalled ?? 0) > applications.length && (
                <p className="mt-2 text-caption text-ink-soft">
                  {t("applications.first", {
                    shown: formatNumber(lang, applications.length),
                    total: formatNumber(lang, row.applicationsInstalled ?? 0),
                  })}
                </p>
              )}
            </div>
          )}
        </>
      )}
    </Section>
  );
}

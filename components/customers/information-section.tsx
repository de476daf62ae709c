import { WriteStates } from "#components/contact-panel/write-states.tsx";
import { type Definition, DefinitionList } from "#components/ui/definition-list.tsx";
import { Section } from "#components/ui/section.tsx";
import { countryName, formatDay } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { CustomerRecord } from "#server/records/schema.ts";
import { addressLine } from "./address-line.ts";
import type { CustomerView } from "./customer-view.ts";
import { vendorOf } from "./vendors.ts";

/** *View customer information*: what is known of the organisation; what is not known is left out. */
export async function InformationSection({
  view: { details, lang },
  record,
  membershipId,
}: {
  view: CustomerView;
  record: CustomerRecord;
  membershipId: string;
}) {
  const [t, common] = await Promise.all([getT(lang, "customer"), getT(lang, "common")]);
  const { internal } = record;
  const known: [term: string, value: string | null | undefined][] = [
    [t("facts.legalName"), record.name],
    [t("name.label"), record.nameShown === record.name ? null : record.nameShown],
    [t("facts.domain"), record.domain],
    [t("facts.relationship"), t(`relationship.${record.relationship}`)],
    [t("facts.address"), addressLine(record.address)],
    [t("facts.country"), record.country && countryName(lang, record.country)],
    [t("facts.region"), record.region],
    [t("facts.language"), record.language && common(`language.${record.language}`)],
    [t("facts.timeZone"), record.timeZone?.replaceAll("_", " ")],
    [t("facts.externalId"), record.externalId],
    ...record.accounts.map(({ vendor, externalId }): [string, string] => [vendorOf(vendor).name, externalId]),
    [t("facts.since"), record.since && formatDay(lang, record.since)],
    [t("facts.manager"), record.accountManager],
  ];
  const items = known.flatMap(([term, value]): Definition[] =>
    value ? [{ term, value: <bdi>{value}</bdi> }] : [],
  );
  if (internal && internal.tags.length > 0)
    items.push({
      term: t("facts.tags"),
      value: (
        <ul className="flex flex-wrap gap-2">
          {internal.tags.map((tag) => (
            <li key={tag} className="rounded-full bg-sunken px-2.5 py-0.5">
              <bdi>{tag}</bdi>
            </li>
          ))}
        </ul>
      ),
    });
  if (internal && internal.notes !== "")
    items.push({
      term: t("facts.notes"),
      value: (
        <p dir="auto" className="whitespace-pre-wrap">
          {internal.notes}
        </p>
      ),
    });
  return (
    <Section id="information" title={t("facts.title")} data-section="information" data-state="full">
      <DefinitionList items={items} />
      <WriteStates
        record={record}
        lang={lang}
        membershipId={membershipId}
        returnTo={`/${lang}/customers/${details.row.id}`}
      />
    </Section>
  );
}

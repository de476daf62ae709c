import { type Definition, DefinitionList } from "#components/ui/definition-list.tsx";
import { Section } from "#components/ui/section.tsx";
import { countryName, formatDay } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { CustomerView } from "./customer-view.ts";

/** What is known of the organisation; what is not known is left out. */
export async function InformationSection({ view: { details, lang } }: { view: CustomerView }) {
  const t = await getT(lang, "customer");
  const { address, row } = details;
  const place =
    address &&
    [address.street, [address.postalCode, address.city].filter(Boolean).join(" ")].filter(Boolean).join(", ");
  const known: [term: string, value: string | null][] = [
    [t("facts.legalName"), details.legalName === row.name ? null : details.legalName],
    [t("facts.domain"), row.domain],
    [t("facts.relationship"), t(`relationship.${row.relationship}`)],
    [t("facts.address"), place],
    [t("facts.country"), details.country && countryName(lang, details.country)],
    [t("facts.region"), details.region],
    [t("facts.externalId"), details.externalId],
    [t("facts.since"), details.since && formatDay(lang, details.since)],
  ];
  const items = known.flatMap(([term, value]): Definition[] =>
    value ? [{ term, value: <bdi>{value}</bdi> }] : [],
  );
  return (
    <Section id="information" title={t("facts.title")} data-section="information" data-state="full">
      <DefinitionList items={items} />
    </Section>
  );
}

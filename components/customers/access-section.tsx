import { About } from "#components/figures/about.tsx";
import { type Definition, DefinitionList } from "#components/ui/definition-list.tsx";
import { Section } from "#components/ui/section.tsx";
import { formatDateTime, formatList, formatNumber } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { CustomerView } from "./customer-view.ts";

const DAY_MS = 86_400_000;
const causes = ["revoked", "returned", "expired", "declined", "superseded"] as const;

/** What the customer lets the partner see and do, and for how long. */
export async function AccessSection({ view: { details, lang, timeZone } }: { view: CustomerView }) {
  const [t, status] = await Promise.all([getT(lang, "customer"), getT(lang, "status")]);
  const { access } = details;
  const isLive = access.state === "active" || access.state === "always";
  const at = (instant: string) => formatDateTime(lang, timeZone, new Date(instant));
  const items: Definition[] = [{ term: t("access.stateLabel"), value: t(`access.state.${access.state}`) }];
  if (isLive) {
    const names = access.capabilities.map((capability) => t(`access.capability.${capability}`));
    items.push({
      term: t("access.capabilities"),
      value: names.length === 0 ? t("access.noCapability") : formatList(lang, names),
    });
  }
  if (access.fromAt !== null && access.state !== "pending")
    items.push({ term: t("access.from"), value: at(access.fromAt) });
  if (access.state === "active" || access.untilAt !== null) {
    const days =
      access.untilAt === null
        ? 0
        : Math.ceil((new Date(access.untilAt).getTime() - new Date(details.now).getTime()) / DAY_MS);
    const left =
      isLive && days > 0
        ? ` · ${t("access.daysLeft", { count: days, formatted: formatNumber(lang, days) })}`
        : "";
    items.push({
      term: t("access.until"),
      about: <About figure="accessUntil" lang={lang} />,
      value: access.untilAt === null ? t("access.noEnd") : at(access.untilAt) + left,
    });
  }
  const cause = access.state === "ended" ? causes.find((known) => known === access.endReason) : undefined;
  if (cause) items.push({ term: t("access.endedBecause"), value: status(`endCause.${cause}`) });
  return (
    <Section
      id="access"
      title={t("access.title")}
      data-section="access"
      data-state={isLive ? "full" : "empty"}
    >
      <DefinitionList items={items} />
    </Section>
  );
}

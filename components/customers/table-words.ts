import { getT } from "#locales/server.ts";
import { type ColumnGroup, type ColumnId, columns } from "#server/columns/schema.ts";
import { productCategories } from "#server/licences/schema.ts";
import { perLanguage } from "./per-language.ts";
import type { TableWords } from "./table-props.ts";

/** What the table says in one language whatever its rows. */
export const tableWords = perLanguage(async (lang) => {
  const [t, common, status] = await Promise.all([
    getT(lang, "customers"),
    getT(lang, "common"),
    getT(lang, "status"),
  ]);
  const groups: Partial<Record<ColumnGroup, string>> = {
    computers: t("group.computers"),
    applications: t("group.applications"),
    saas: t("group.saas"),
    licences: t("group.licences"),
    sync: t("group.sync"),
  };
  const words: TableWords = {
    caption: t("table.caption"),
    about: t("table.about"),
    selectPage: t("table.selectPage"),
    actions: t("table.actions"),
    fold: t("table.fold"),
    unfold: t("table.unfold"),
    pinned: t("table.pinned"),
    others: t("table.others"),
    notLinked: t("notLinked"),
    notActive: t("notActive"),
    noHistory: t("noHistory"),
    order: t("order"),
    status: {
      synced: status("word.synced"),
      warning: status("word.warning"),
      sync_pending: status("word.sync_pending"),
      access_disabled: status("word.access_disabled"),
      not_applicable: status("word.not_applicable"),
    },
    blank: {
      no_access: common("blank.no_access"),
      role: common("blank.role"),
      no_licence: common("blank.no_licence"),
      unlimited: common("blank.unlimited"),
      no_end: common("blank.no_end"),
      pending: common("blank.pending"),
      not_entitled: common("blank.not_entitled"),
      not_reported: common("blank.not_reported"),
    },
    state: {
      expired: t("licenceState.expired"),
      suspended: t("licenceState.suspended"),
      expiring: t("licenceState.expiring"),
      trial: t("licenceState.trial"),
      active: t("licenceState.active"),
      none: t("licenceState.none"),
    },
    severity: { high: t("severity.high"), medium: t("severity.medium"), low: t("severity.low") },
    key: {
      devicesTotal: t("key.devicesTotal"),
      devicesSilent: t("key.devicesSilent"),
      devicesUnprotected: t("key.devicesUnprotected"),
      used: t("key.used"),
      lastSync: t("key.lastSync"),
    },
  };
  return {
    words,
    groups,
    columns: new Map<ColumnId, string>(columns.map(({ id }) => [id, t(`column.${id}`)])),
    kinds: new Map<string, string>([
      ["term", t("kind.term")],
      ["monthly", t("kind.monthly")],
      ["trial", t("kind.trial")],
      ["own", t("kind.own")],
    ]),
    categories: new Map<string, string>(
      productCategories.map((category) => [category, t(`category.${category}`)]),
    ),
    relationship: { managed: t("relationship.managed"), delegated: t("relationship.delegated") },
  };
});
export type SaidWords = Awaited<ReturnType<typeof tableWords>>;

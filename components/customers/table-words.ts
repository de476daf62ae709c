import { getT } from "#locales/server.ts";
import { columns } from "#server/customers/schema.ts";
import { perLanguage } from "./per-language.ts";
import type { TableProps, TableWords } from "./table-props.ts";

/** What the table says in one language whatever its rows. */
export const tableWords = perLanguage(async (lang) => {
  const [t, common, status, help] = await Promise.all([
    getT(lang, "customers"),
    getT(lang, "common"),
    getT(lang, "status"),
    getT(lang, "help"),
  ]);
  const groupLabels = {
    computers: t("group.computers"),
    applications: t("group.applications"),
    saas: t("group.saas"),
    licences: t("group.licences"),
  };
  const isGrouped = (group: string): group is keyof typeof groupLabels => group in groupLabels;
  const groups: TableProps["groups"] = [];
  for (const { id, group } of columns) {
    const label = isGrouped(group) ? groupLabels[group] : "";
    const last = groups.at(-1);
    // The name's cell stays alone, because it stays in view when the others scroll.
    if (last && last[0] === label && groups.length > 1) last[1] += 1;
    else groups.push(id === "name" ? ["", 1] : [label, 1]);
  }

  const words: Omit<TableWords, "advice"> = {
    caption: t("table.caption"),
    about: t("table.about"),
    status: {
      synced: status("word.synced"),
      warning: status("word.warning"),
      sync_pending: status("word.sync_pending"),
      access_disabled: status("word.access_disabled"),
      not_applicable: status("word.not_applicable"),
    },
    blank: {
      no_access: common("blank.no_access"),
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
    severity: [t("severity.high"), t("severity.medium"), t("severity.low")],
    key: {
      devicesTotal: t("key.devicesTotal"),
      devicesSilent: t("key.devicesSilent"),
      devicesUnprotected: t("key.devicesUnprotected"),
      used: t("key.used"),
      lastSync: t("key.lastSync"),
    },
    order: t("order"),
  };
  return {
    words,
    groups,
    columns: columns.map((column) => ({
      ...column,
      label: t(`column.${column.id}`),
      meaning: help(`figure.${column.id}.meaning`),
    })),
    kinds: new Map<string, string>([
      ["term", t("kind.term")],
      ["monthly", t("kind.monthly")],
      ["trial", t("kind.trial")],
    ]),
    delegated: t("relationship.delegated"),
  };
});

import type { Language } from "#locales/languages.ts";
import { type Resources, resources } from "#locales/resources.ts";
import { columnGroups, columns, type ColumnId } from "#server/columns/schema.ts";
import { figures as listFigures } from "#components/customers/figures.ts";

type Help = Resources["help"];
type Unit = keyof Help["unit"];
type Source = keyof Help["source"];
/** Where a text stands: `namespace:dotted.key`. */
type Label = `${keyof Resources}:${string}`;
type Entry = readonly [label: Label, unit: Unit, source: Source];

/**
 * The figures beside the columns of the list of customers, by the part of the portal that shows them: the name they have
 * there, the unit, who says so. What each means and how it is counted: locales help.json, `figure`.
 */
const elsewhere = {
  strip: {
    title: "customers:strip.label",
    figures: {
      stripAll: ["customers:strip.all", "customers", "portal"],
      stripWarning: ["status:word.warning", "customers", "portal"],
      stripPending: ["status:word.sync_pending", "customers", "portal"],
      stripDisabled: ["status:word.access_disabled", "customers", "portal"],
      stripSynced: ["status:word.synced", "customers", "portal"],
      stripStale: ["customers:strip.stale", "customers", "portal"],
      stripExpiring: ["customers:strip.expiring", "customers", "both"],
      stripOverUsed: ["customers:strip.overUsed", "customers", "both"],
    },
  },
  home: {
    title: "home:title",
    figures: {
      workConnection: ["home:kind.connection", "connections", "portal"],
      workStuck: ["home:kind.stuck", "customers", "portal"],
      workWarning: ["home:kind.warning", "warnings", "portal"],
      workMine: ["home:mineWarnings", "warnings", "portal"],
      workRequest: ["home:kind.request", "requests", "portal"],
      workAccessEnd: ["home:kind.access_end", "customers", "portal"],
      workLicenceEnd: ["home:kind.licence_end", "customers", "both"],
      workOverUse: ["home:kind.over_use", "customers", "both"],
      workAccount: ["home:kind.account", "accounts", "both"],
      pinnedCustomers: ["home:pins.title", "customers", "portal"],
      severeAlerts: ["home:figure.alerts", "alerts", "vendor"],
      whoHasAccess: ["home:own.people", "people", "portal"],
      sourceRead: ["home:own.sources", "age", "portal"],
    },
  },
  customer: {
    title: "customer:panel.details",
    figures: {
      deviceState: ["customer:computers.state", "none", "both"],
      deviceProtection: ["customer:computers.protection", "none", "vendor"],
      deviceSeen: ["customer:computers.lastSeen", "age", "vendor"],
      applicationInstalls: ["customer:applications.installs", "installs", "vendor"],
      applicationUnused: ["customer:applications.unused", "installs", "vendor"],
      applicationShortfall: ["customer:applications.shortfall", "licences", "both"],
      saasAppUsers: ["customer:saas.users", "people", "vendor"],
      saasAppActive: ["customer:saas.activeUsers", "people", "vendor"],
      saasAppSubscriptions: ["customer:saas.subscriptions", "licences", "vendor"],
      saasAppAssigned: ["customer:saas.assigned", "licences", "vendor"],
      saasAppCost: ["customer:saas.yearlyCost", "moneyYear", "vendor"],
      productStatus: ["customer:products.status", "none", "both"],
      productUsage: ["customer:products.usage", "percent", "both"],
      productUsed: ["customer:products.used", "licences", "vendor"],
      productLicensed: ["customer:products.quantity", "licences", "vendor"],
      productEnds: ["customer:products.ends", "day", "vendor"],
      openAlerts: ["customer:alerts.title", "alerts", "vendor"],
      accessUntil: ["customer:access.until", "instant", "portal"],
      accountRead: ["customer:accounts.title", "age", "portal"],
    },
  },
  groups: {
    title: "groups:title",
    figures: {
      groupCustomers: ["groups:column.customers", "customers", "portal"],
      groupAdministrators: ["groups:column.administrators", "people", "portal"],
    },
  },
  connections: {
    title: "connections:title",
    figures: {
      connectionsAll: ["connections:show.all", "connections", "portal"],
      connectionsTrouble: ["connections:show.trouble", "connections", "portal"],
      connectionState: ["connections:column.state", "none", "portal"],
      connectionRead: ["connections:column.read", "age", "portal"],
      connectionNext: ["connections:column.next", "instant", "portal"],
      connectionAccounts: ["connections:column.accounts", "accounts", "both"],
      connectionFailing: ["connections:column.failing", "accounts", "portal"],
      connectionUnmatched: ["connections:column.unmatched", "accounts", "portal"],
      connectionLimits: ["connections:column.limits", "calls", "portal"],
      accountAge: ["connection:accounts.age", "age", "portal"],
      accountAttempt: ["connection:accounts.attempt", "age", "portal"],
      runStarted: ["connection:runs.started", "instant", "portal"],
      runOutcome: ["connection:runs.state", "none", "portal"],
      runAccounts: ["connection:runs.accounts", "accounts", "portal"],
      runRefused: ["connection:runs.refused", "accounts", "both"],
      runDuration: ["connection:runs.duration", "duration", "portal"],
    },
  },
  sync: {
    title: "sync:title",
    figures: {
      syncRuns: ["help:name.syncRuns", "runs", "portal"],
      syncProgress: ["help:name.syncProgress", "accounts", "portal"],
      syncRefused: ["help:name.syncRefused", "accounts", "both"],
      syncDuration: ["help:name.syncDuration", "duration", "portal"],
    },
  },
  vendorAccounts: {
    title: "vendor-accounts:title",
    figures: {
      accountsUnmatched: ["vendor-accounts:views.unmatched", "accounts", "portal"],
      accountsDuplicates: ["vendor-accounts:views.duplicates", "accounts", "portal"],
      accountsLinked: ["vendor-accounts:views.linked", "accounts", "portal"],
      accountsSetAside: ["vendor-accounts:views.setAside", "accounts", "portal"],
      proposalScore: ["vendor-accounts:table.proposal", "points", "portal"],
      linkState: ["vendor-accounts:table.state", "none", "portal"],
      linkedRead: ["vendor-accounts:table.lastSync", "age", "portal"],
    },
  },
  imports: {
    title: "imports:title",
    figures: {
      importRows: ["imports:preview.all", "rows", "portal"],
      importNew: ["imports:outcome.new", "rows", "portal"],
      importChanged: ["imports:outcome.changed", "rows", "portal"],
      importUnchanged: ["imports:outcome.unchanged", "rows", "portal"],
      importRejected: ["imports:outcome.rejected", "rows", "portal"],
      importLine: ["imports:preview.line", "none", "portal"],
      importProgress: ["help:name.importProgress", "rows", "portal"],
    },
  },
  bulk: {
    title: "bulk:title",
    figures: {
      bulkSelected: ["bulk:count.selected", "customers", "portal"],
      bulkOpen: ["bulk:count.open", "customers", "portal"],
      bulkSame: ["bulk:count.same", "customers", "portal"],
      bulkRefused: ["bulk:count.refused", "customers", "portal"],
      bulkAll: ["bulk:count.all", "customers", "portal"],
      bulkChanged: ["bulk:count.changed", "customers", "portal"],
      bulkUnchanged: ["bulk:count.unchanged", "customers", "portal"],
      bulkTrouble: ["bulk:count.trouble", "customers", "portal"],
      bulkLeft: ["bulk:count.left", "customers", "portal"],
      bulkProgress: ["help:name.bulkProgress", "customers", "portal"],
    },
  },
  disconnected: {
    title: "accounts:disconnect.list",
    figures: {
      disconnectProgress: ["accounts:disconnect.progress", "rows", "portal"],
      disconnectLedger: ["accounts:disconnect.ledger", "entries", "portal"],
    },
  },
  tokens: {
    title: "tokens:title",
    figures: {
      tokenState: ["tokens:list.state", "none", "portal"],
      tokenUsed: ["tokens:list.used", "instant", "portal"],
      tokenEnds: ["tokens:list.ends", "day", "portal"],
    },
  },
  denied: {
    title: "settings:denied.list",
    figures: {
      deniedCustomers: ["help:name.deniedCustomers", "customers", "both"],
      deniedExceptions: ["help:name.deniedExceptions", "customers", "portal"],
    },
  },
} as const satisfies Record<string, { title: Label; figures: Record<string, Entry> }>;

type Elsewhere = typeof elsewhere;
type OtherId = { [Where in keyof Elsewhere]: keyof Elsewhere[Where]["figures"] }[keyof Elsewhere];
export type FigureId = ColumnId | OtherId;

/** A figure with the place that explains it: its id is the fragment there. */
export type Figure = { id: FigureId; label: Label; unit: Unit; source: Source };
export type Place = { id: string; title: readonly Label[]; figures: readonly Figure[] };

/** Every place with its figures: the list of customers by its groups of columns, then the other pages. */
export const places: readonly Place[] = [
  ...columnGroups.map((group) => ({
    id: `columns-${group}`,
    title: ["customers:title", `customers:group.${group}`] as const,
    figures: columns
      .filter((column) => column.group === group)
      .map(({ id }) => ({ id, label: `customers:column.${id}` as const, ...listFigures[id] })),
  })),
  ...Object.entries(elsewhere).map(([id, { title, figures }]) => ({
    id: `at-${id}`,
    title: id === "strip" ? (["customers:title", title] as const) : [title],
    figures: (Object.entries(figures) as [OtherId, Entry][]).map(([figure, [label, unit, source]]) => ({
      id: figure,
      label,
      unit,
      source,
    })),
  })),
];

const byId = new Map(places.flatMap(({ figures }) => figures).map((figure) => [figure.id, figure]));

/** The text behind a label; the guard test holds that there is one. */
export function labelText(lang: Language, label: Label): string {
  const [namespace = "", key = ""] = label.split(":");
  const found = `${namespace}.${key}`
    .split(".")
    .reduce<unknown>(
      (texts, part) =>
        typeof texts === "object" && texts !== null ? (texts as Record<string, unknown>)[part] : undefined,
      resources[lang],
    );
  if (typeof found !== "string") throw new Error(`no text for ${label}`);
  return found;
}

/** How the figure is called where it is shown. */
export function figureName(lang: Language, id: FigureId): string {
  const figure = byId.get(id);
  if (figure === undefined) throw new Error(`no figure ${id}`);
  return labelText(lang, figure.label);
}

/** Where the figure is explained. */
export const figureHref = (lang: Language, id: FigureId): string => `/${lang}/help/figures#${id}`;

// Inputs and outputs of the customers list; what it is narrowed by.
import { z } from "zod";
import { columnIds, columns, figureFamilies, Layout, readColumns, sorts } from "#server/columns/schema.ts";
import { LiveRuns } from "#server/sync/schema.ts";

export const statuses = ["warning", "sync_pending", "access_disabled", "synced", "not_applicable"] as const;
export const licenceKinds = ["term", "monthly", "trial"] as const;
export const licenceStates = ["expired", "suspended", "expiring", "trial", "active", "none"] as const;
export type Status = (typeof statuses)[number];
export type LicenceState = (typeof licenceStates)[number];

export const pageSizes = [25, 50, 100, 200] as const;

/** What a customer may be found by among its reasons; `muted`: somebody put a reason of it aside. */
export const reasonFilters = [
  "devices_silent",
  "denied_application",
  "devices_unprotected",
  "run_failed",
  "stuck",
  "no_source",
  "muted",
] as const;
export const relationships = ["managed", "delegated", "order_only"] as const;
/** Days within which a licence ends: those that are offered; any from 1 to MOST_EXPIRY_DAYS may be typed. */
export const expiries = ["30", "60", "90"] as const;
export const MOST_EXPIRY_DAYS = 366;

/** Counting stops here and says "more than" (performance.md, counts). */
export const COUNT_LIMIT = 10_000;
/** As COUNT_LIMIT, of what the strip above every page tells beside the statuses: it is counted with each page anew. */
export const CONCERN_LIMIT = 1_000;

const key = z.string().regex(/^[a-z0-9_-]{1,40}$/);

/** What narrows the list. One of these is "all that match" to views, bulk actions and exports. */
const narrowing = {
  q: z.string().trim().max(200).optional(),
  status: z.enum(statuses).optional(),
  group: z.uuid().optional(),
  relationship: z.enum(relationships).optional(),
  /** `own`: the customer owns licences itself. */
  licenceKind: z.enum([...licenceKinds, "own"]).optional(),
  /** The worst of the customer's licences. */
  licenceState: z.enum(licenceStates).optional(),
  category: key.optional(),
  expiring: z
    .string()
    .regex(/^[1-9]\d{0,2}$/)
    .refine((days) => Number(days) <= MOST_EXPIRY_DAYS)
    .optional(),
  overUsed: z.literal("1").optional(),
  reason: z.enum(reasonFilters).optional(),
  vendor: key.optional(),
  pinned: z.literal("1").optional(),
  /** Not synchronised for two days. */
  stale: z.literal("1").optional(),
};
export const filterFields = Object.keys(narrowing) as (keyof typeof narrowing)[];

/** Strict, for procedures: an unknown field or value is a 400. */
export const CustomerListInput = z.strictObject({
  ...narrowing,
  /** A column id, `-` before it for descending; without it by relevance when searching, else by name. */
  sort: z.enum(sorts).optional(),
  /** Opaque cursor of the row after which the page begins. */
  after: z.string().max(600).optional(),
  pageSize: z.union(pageSizes.map((size) => z.literal(size))).default(50),
  /** The columns to show in their order, as a saved view has them; else those of the member's layout. */
  columns: z.array(z.enum(columnIds)).max(columns.length).optional(),
  /** "Show my protection only": leaves out categories of which no licence is active. */
  protection: z.literal("active").optional(),
});
export type CustomerListInput = z.output<typeof CustomerListInput>;

/** Lenient, for the page's address: what is wrong or empty falls back to its default (decision 15). */
export function readListAddress(query: Record<string, string | string[] | undefined>): CustomerListInput {
  const shape = CustomerListInput.shape;
  const entries = Object.entries(shape).flatMap(([name, field]) => {
    const raw = [query[name]].flat()[0]?.replaceAll("\0", "").toWellFormed();
    if (raw === undefined || raw === "") return [];
    const value = name === "pageSize" ? Number(raw) : name === "columns" ? readColumns(raw.split(",")) : raw;
    const parsed = field.safeParse(value);
    return parsed.success && parsed.data !== undefined ? [[name, parsed.data]] : [];
  });
  return CustomerListInput.parse(Object.fromEntries(entries));
}

/** Why a status holds: the rule, its evidence (numbers, instants, names), since when. Texts: locales status.json. */
export const Reason = z.object({
  code: z.string(),
  since: z.string(),
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string()), z.null()])),
  /** A muted reason stays and does not make the status a warning. `until` null: for good; `why`: in whose words. */
  muted: z
    .object({
      kind: z.enum(["snoozed", "accepted", "maintenance"]),
      until: z.string().nullable(),
      why: z.string(),
    })
    .optional(),
});
export type Reason = z.infer<typeof Reason>;

export const count = z.number().nullable();
/** Exact decimal as text. */
export const quantity = z.string().nullable();

export const CustomerRow = z.object({
  id: z.uuid(),
  name: z.string(),
  domain: z.string().nullable(),
  relationship: z.enum(["managed", "delegated", "order_only"]),
  status: z.enum(statuses),
  statusSince: z.string(),
  reasons: z.array(Reason),
  /** Why the technical figures of this row are blank; `role`: the reader's shows none; null: they are shown. */
  blank: z.enum(["no_access", "pending", "role"]).nullable(),
  groups: z.array(z.string()),
  devicesTotal: count,
  devicesRecent: count,
  devicesSilent: count,
  devicesQuarantined: count,
  devicesInactive: count,
  devicesUnprotected: count,
  /** The vendor whose devices are counted (decision 35). */
  devicesSource: z.string().nullable(),
  applicationsInstalled: count,
  applicationsDenied: count,
  applicationsUnused: count,
  licenceShortfall: count,
  saasApplications: count,
  saasUsers: count,
  saasActiveUsers: count,
  saasSubscriptions: count,
  saasUnassigned: count,
  saasMonthlySpend: quantity,
  saasCurrency: z.string().nullable(),
  /** Why the figures of a family are missing while others are there. */
  gaps: z.partialRecord(z.enum(figureFamilies), z.enum(["not_entitled", "not_reported"])),
  alertsHigh: count,
  alertsMedium: count,
  alertsLow: count,
  licenceState: z.enum(licenceStates).nullable(),
  licenceKinds: z.array(z.string()),
  /** Protection with a running licence, and protection that has none any more or not yet. */
  categories: z.array(z.string()),
  categoriesInactive: z.array(z.string()),
  /** Vendors of the linked accounts; empty: no account is linked. */
  vendors: z.array(z.string()),
  licensed: quantity,
  used: quantity,
  overUsed: z.boolean(),
  licenceEndsOn: z.string().nullable(),
  lastSync: z.string().nullable(),
  /** Difference to the day 30 days ago; null where nothing is known of it, or where its column is not asked for. */
  devicesChange: count,
  applicationsChange: count,
  /** Per source the end of its last success; empty where its column is not asked for. */
  sources: z.array(z.object({ vendor: z.string(), lastSuccessAt: z.string().nullable() })),
  isPinned: z.boolean(),
});
export type CustomerRow = z.infer<typeof CustomerRow>;

export const CustomerList = z.object({
  /** On the first page the pinned ones that match come first, beside the page's own rows. */
  rows: z.array(CustomerRow),
  /** Rows that match; `isMore` when counting stopped at `total`. */
  total: z.number(),
  isMore: z.boolean(),
  /** Cursor of the next page; null on the last. */
  next: z.string().nullable(),
  /** Customers per status in scope (not filtered); `isMore` as above. */
  counts: z.object({
    total: z.number(),
    byStatus: z.record(z.enum(statuses), z.number()),
    isMore: z.boolean(),
  }),
  /** Customers in scope with old data, with licences that end in 30 days, over their licences; at most CONCERN_LIMIT + 1. */
  concerns: z.object({ stale: z.number(), expiring: z.number(), overUsed: z.number() }),
  groups: z.array(z.object({ id: z.uuid(), name: z.string() })),
  /** How the list is laid out: as the member chose, unless the address names columns. */
  layout: Layout,
  /** Synchronisations that are queued or running. */
  runs: LiveRuns,
  /** The instant at which the figures were read, for ages. */
  now: z.string(),
});
export type CustomerList = z.infer<typeof CustomerList>;

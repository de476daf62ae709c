// Inputs and outputs of connections, and what each vendor asks of who connects it.
import { z } from "zod";
import { GroupChoice } from "#server/groups/schema.ts";

export const vendorIds = ["sophos", "snow", "push"] as const;
export type VendorId = (typeof vendorIds)[number];

type Setting = {
  name: string;
  /** `url`: an https origin of the vendor; `label`: a part of its host names; `currency`: a code of ISO 4217. */
  kind: "url" | "label" | "currency";
  /** What holds when nothing is entered. */
  default?: string;
  /** It has to be entered where this other one is empty. */
  without?: string;
};
/** Whose a connection to this vendor may be: the vendor gives credentials to partners or to each customer. */
type Owner = "partner" | "customer" | "either";
export type Limit = { calls: number; seconds: number };

/** `limits`: what is kept to unless told otherwise; the vendors publish no figures (Sophos: the ones that are commonly quoted). */
export const vendors: Record<
  VendorId,
  { owner: Owner; hasCredentials: boolean; settings: readonly Setting[]; limits: readonly Limit[] }
> = {
  sophos: {
    owner: "partner",
    hasCredentials: true,
    settings: [
      { name: "idUrl", kind: "url", default: "https://id.sophos.com" },
      { name: "apiUrl", kind: "url", default: "https://api.central.sophos.com" },
    ],
    limits: [
      { calls: 10, seconds: 1 },
      { calls: 100, seconds: 60 },
    ],
  },
  snow: {
    owner: "customer",
    hasCredentials: true,
    settings: [
      { name: "region", kind: "label", without: "apiUrl" },
      { name: "apiUrl", kind: "url" },
      { name: "currency", kind: "currency" },
    ],
    limits: [{ calls: 10, seconds: 1 }],
  },
  // Sources that send by themselves: an API token opens the door, nothing is asked of them.
  push: { owner: "either", hasCredentials: false, settings: [], limits: [] },
};

/** The periods that limits are entered for: a second, a minute, an hour, a day. */
export const limitPeriods = [1, 60, 3_600, 86_400] as const;

/** How a connection is, the most pressing first; texts: connections.json `state`. */
export const healthStates = [
  "testing",
  "disabled",
  "circuitOpen",
  "credentialsRefused",
  "failing",
  "neverRead",
  "overdue",
  "healthy",
] as const;
export type HealthState = (typeof healthStates)[number];

const instant = z.string();
const Health = z.object({
  state: z.enum(healthStates),
  /** Since when it fails, or until when nothing is asked of the vendor. */
  at: instant.nullable(),
  errorCode: z.string().nullable(),
  errorDetail: z.string().nullable(),
});
const LiveRun = z.object({
  id: z.uuid(),
  state: z.enum(["queued", "running"]),
  total: z.number().nullable(),
  done: z.number(),
});
const LimitShape = z.object({ calls: z.number(), seconds: z.number() });

export const ConnectionRow = z.object({
  id: z.uuid(),
  vendor: z.string(),
  name: z.string(),
  /** null: the partner's own. */
  customer: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  health: Health,
  lastSuccessAt: instant.nullable(),
  /** null: nothing is planned (switched off, or a source that sends by itself). */
  nextRunAt: instant.nullable(),
  accounts: z.object({ total: z.number(), failing: z.number(), unmatched: z.number() }),
  run: LiveRun.nullable(),
  limits: z.array(LimitShape),
});
export type ConnectionRow = z.infer<typeof ConnectionRow>;

export const listShows = ["all", "trouble"] as const;
export const connectionListInput = {
  show: z.enum(listShows).default("all"),
  /** Connections that read customers of this group. */
  group: z.uuid().optional(),
  after: z.string().max(600).optional(),
};
export const ConnectionList = z.object({
  rows: z.array(ConnectionRow),
  counts: z.object({ all: z.number(), trouble: z.number() }),
  /** What a partner's member may narrow the list to. */
  groups: z.array(GroupChoice),
  next: z.string().nullable(),
  may: z.object({ manage: z.boolean(), startAll: z.boolean() }),
  now: instant,
});
export type ConnectionList = z.infer<typeof ConnectionList>;

export const accountFilters = ["all", "failing", "stale", "unmatched"] as const;
export type AccountFilter = (typeof accountFilters)[number];
export const connectionInput = {
  connectionId: z.uuid(),
  accounts: z.enum(accountFilters).default("all"),
  accountsAfter: z.string().max(600).optional(),
};
const AccountRow = z.object({
  id: z.uuid(),
  name: z.string(),
  externalId: z.string(),
  customer: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  lastSuccessAt: instant.nullable(),
  lastAttemptAt: instant.nullable(),
  isStale: z.boolean(),
  errorCode: z.string().nullable(),
  errorSince: instant.nullable(),
});
export type AccountRow = z.infer<typeof AccountRow>;
const RunRow = z.object({
  id: z.uuid(),
  state: z.enum(["queued", "running", "succeeded", "failed", "cancelled"]),
  cause: z.enum(["schedule", "person", "first"]),
  isPartial: z.boolean(),
  total: z.number().nullable(),
  done: z.number(),
  refused: z.number(),
  errorCode: z.string().nullable(),
  /** Whoever asked for it, and whoever ended it; null: the clock, nobody. */
  requestedBy: z.string().nullable(),
  cancelledBy: z.string().nullable(),
  createdAt: instant,
  /** Whole seconds from its start to its end, or to now. */
  seconds: z.number().nullable(),
});
export type RunRow = z.infer<typeof RunRow>;
const StuckJob = z.object({
  /** Of the run, or of the dead job. */
  id: z.uuid(),
  kind: z.enum(["queuedLong", "silent", "dead"]),
  since: instant,
});
export type StuckJob = z.infer<typeof StuckJob>;

export const ConnectionDetails = ConnectionRow.extend({
  settings: z.record(z.string(), z.string()),
  isEnabled: z.boolean(),
  version: z.number(),
  secretSetAt: instant.nullable(),
  test: z.object({
    /** `silent`: asked for a while ago and not answered; no worker runs. */
    state: z.enum(["never", "waiting", "silent", "passed", "failed"]),
    isRotation: z.boolean(),
    at: instant.nullable(),
    code: z.string().nullable(),
    /** How the vendor names us, or what exactly was refused. */
    detail: z.string().nullable(),
  }),
  accountPage: z.object({ rows: z.array(AccountRow), next: z.string().nullable() }),
  runs: z.array(RunRow),
  stuck: z.array(StuckJob),
  may: z.object({
    manage: z.boolean(),
    start: z.boolean(),
    cancel: z.boolean(),
    redrive: z.boolean(),
    link: z.boolean(),
  }),
  /** Replacing credentials and removing asks for no proof of who one is: it was given a moment ago. */
  isFresh: z.boolean(),
  now: instant,
});
export type ConnectionDetails = z.infer<typeof ConnectionDetails>;

/** What the page of a new connection begins with. */
export const NewOptions = z.object({
  vendors: z.array(z.enum(vendorIds)),
  /** The person proved a moment ago who they are, so that storing credentials does not ask for it first. */
  isFresh: z.boolean(),
});
export type NewOptions = z.infer<typeof NewOptions>;

const name = z.string().trim().min(1).max(100);

/** Whole numbers as a form writes them, or as JSON has them. */
const whole = (most: number) =>
  z
    .union([
      z.number(),
      z
        .string()
        .trim()
        .regex(/^\d{1,10}$/),
    ])
    .transform(Number)
    .pipe(z.int().min(1).max(most));
const version = whole(2_000_000_000);
const limits = z.array(z.strictObject({ calls: whole(1_000_000), seconds: whole(86_400) })).max(8);
const settings = z.record(z.string().max(40), z.string().trim().max(300));
const credentials = {
  clientId: z.string().trim().min(1).max(400),
  clientSecret: z.string().min(1).max(4_000),
};

/** What the form of a new connection sends; `settings` and `limits` are its fields `setting-…` and `limit-…`. */
export const NewConnection = z.strictObject({
  vendor: z.enum(vendorIds),
  name,
  customerId: z.uuid().nullable(),
  settings,
  limits,
  clientId: z.string().trim().max(400).default(""),
  clientSecret: z.string().max(4_000).default(""),
});
export type NewConnection = z.infer<typeof NewConnection>;

/** What the forms of an existing one send, by their `action`; `version` is the one that the person saw. */
export const ConnectionChange = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("edit"), version, name, settings, limits }),
  z.strictObject({ action: z.literal("secret"), version, ...credentials }),
  z.strictObject({ action: z.literal("test") }),
  /** Ends the synchronisation that waits or goes on. */
  z.strictObject({ action: z.literal("cancel") }),
  z.strictObject({ action: z.literal("enable"), version }),
  z.strictObject({ action: z.literal("disable"), version }),
  z.strictObject({ action: z.literal("remove"), version, word: z.string().max(100) }),
]);
export type ConnectionChange = z.infer<typeof ConnectionChange>;

/** What is wrong with a field; texts: connections.json `wrong`. */
export const fieldFaults = [
  "required",
  "tooLong",
  "number",
  "address",
  "region",
  "currency",
  "customerNeeded",
  "partnerOnly",
  "word",
  "invalid",
] as const;
export type FieldFault = (typeof fieldFaults)[number];

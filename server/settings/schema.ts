// Inputs and outputs of the settings of status: thresholds, maintenance windows, denied applications.
import { z } from "zod";

/** Days without a sign of life after which a computer is silent; hours without data after which a customer is stuck. */
export const limits = { silentDays: { least: 1, most: 365 }, stuckHours: { least: 1, most: 720 } } as const;

const within = ({ least, most }: { least: number; most: number }) =>
  z.coerce.number().int().min(least).max(most);
const SilentDays = within(limits.silentDays);
const StuckHours = within(limits.stuckHours);
/** A form sends "" where nothing stands: the partner's own counts. */
const orNone = <Inner extends z.ZodType>(inner: Inner) =>
  z.union([z.literal("").transform(() => null), z.null(), inner]);

/** `was…`: what the page showed; when something else stands by now, someone else was faster. */
export const ThresholdsForm = z.strictObject({
  silentDays: SilentDays,
  stuckHours: StuckHours,
  wasSilentDays: SilentDays,
  wasStuckHours: StuckHours,
});
export const GroupThresholdsForm = z.strictObject({
  silentDays: orNone(SilentDays),
  stuckHours: orNone(StuckHours),
  wasSilentDays: orNone(SilentDays),
  wasStuckHours: orNone(StuckHours),
});

export const Thresholds = z.object({
  partner: z.object({ silentDays: z.number(), stuckHours: z.number() }),
  groups: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      /** null: the partner's own. */
      silentDays: z.number().nullable(),
      stuckHours: z.number().nullable(),
    }),
  ),
});
export type Thresholds = z.infer<typeof Thresholds>;

/** A wall clock's reading without a zone, as `<input type="datetime-local">` sends it. */
export const LocalTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
export const covers = ["all", "group", "customer"] as const;

/** Times are the wall clock of the actor's zone. `customer`: a name or an external id; `customerId` where it was chosen. */
export const WindowForm = z.strictObject({
  name: z.string().trim().min(1).max(100),
  covers: z.enum(covers),
  groupId: z.union([z.literal(""), z.uuid()]).optional(),
  customer: z.string().trim().max(300).optional(),
  customerId: z.union([z.literal(""), z.uuid()]).optional(),
  from: LocalTime,
  until: LocalTime,
});

export const Window = z.object({
  id: z.uuid(),
  name: z.string(),
  covers: z.enum(covers),
  /** The group's or the customer's name; null: all customers. */
  of: z.string().nullable(),
  startsAt: z.string(),
  endsAt: z.string(),
  createdBy: z.string(),
});
export type Window = z.infer<typeof Window>;

export const Windows = z.object({
  current: z.array(Window),
  coming: z.array(Window),
  /** The latest that are over. */
  past: z.array(Window),
  groups: z.array(z.object({ id: z.uuid(), name: z.string() })),
  /** Customers that `customer` may have meant. */
  matches: z.array(z.object({ id: z.uuid(), name: z.string(), domain: z.string().nullable() })),
  /** How far the actor's zone is from UTC at present: "UTC+1", "UTC+5:45". */
  offset: z.string(),
  now: z.string(),
});
export type Windows = z.infer<typeof Windows>;
export const WindowsInput = z.strictObject({ customer: z.string().max(300).optional() });

export const DeniedForm = z.strictObject({
  /** What is too short is too broad (isTooBroad). */
  pattern: z.string().trim().min(1).max(200),
  note: z.string().trim().max(500).default(""),
});
export const Denied = z.object({
  id: z.uuid(),
  pattern: z.string(),
  note: z.string(),
  createdBy: z.string(),
  createdAt: z.string(),
  /** Customers with such an application now; those at which it is allowed are not among them. */
  customers: z.number(),
  /** Customers at which it is allowed. */
  exceptions: z.number(),
});
export type Denied = z.infer<typeof Denied>;

/** Forms that are a button. */
export const Empty = z.strictObject({});
export const CloseForm = z.strictObject({ act: z.enum(["end", "delete"]) });

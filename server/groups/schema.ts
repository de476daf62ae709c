// Inputs and outputs of customer groups: the list, one group with its administrators, rules and how many they mean.
import { z } from "zod";

/** An order is in no group, so its status is in no rule. */
export const ruleStatuses = ["warning", "sync_pending", "access_disabled", "synced"] as const;
/** "own": licences that the customer owns. */
export const ruleLicenceKinds = ["term", "monthly", "trial", "own"] as const;
export const matches = ["all", "any"] as const;
/** What a rule may ask of a customer, in the order of the page. */
export const facts = ["statuses", "licenceKinds", "categories", "vendors", "countries", "tags"] as const;
export type Fact = (typeof facts)[number];

const MOST_VALUES = 300;
const MOST_TAGS = 20;
const word = z.string().regex(/^[a-z0-9_-]{1,40}$/);
/** A condition is met by any of its values, and asks nothing when it has none; `match` says how many must be met. */
export const Rule = z.strictObject({
  match: z.enum(matches),
  statuses: z.array(z.enum(ruleStatuses)).max(ruleStatuses.length),
  licenceKinds: z.array(z.enum(ruleLicenceKinds)).max(ruleLicenceKinds.length),
  categories: z.array(word).max(MOST_VALUES),
  vendors: z.array(word).max(MOST_VALUES),
  countries: z.array(z.string().regex(/^[A-Z]{2}$/)).max(MOST_VALUES),
  tags: z.array(z.string().trim().min(1).max(100)).max(MOST_TAGS),
});
export type Rule = z.infer<typeof Rule>;

/** The field of a form that ticks one value: `statuses.warning`. Tags are one field, separated by commas. */
export const fieldOf = (fact: Fact, value: string): string => `${fact}.${value}`;

/** A rule as the fields of its form. */
export const formOf = ({ match, tags, ...rule }: Rule): Record<string, string> => ({
  match,
  tags: tags.join(", "),
  ...Object.fromEntries(
    facts.flatMap((fact) => (fact === "tags" ? [] : rule[fact].map((value) => [fieldOf(fact, value), "on"]))),
  ),
});

/** Tags as people write them in one field, each once whatever its capitals. */
function readTags(text: string): string[] {
  const tags = text
    .split(/[,;\n]/)
    .map((tag) => tag.normalize("NFC").replace(/\s+/gu, " ").trim())
    .filter((tag) => tag !== "");
  return [...new Map(tags.map((tag) => [tag.toLowerCase(), tag])).values()];
}

export type Draft = Record<Fact, string[]> & { match: (typeof matches)[number] };
/** What a form's fields (or the address of its page) ask for, without a check. */
export function readDraft(fields: Readonly<Record<string, unknown>>): Draft {
  const names = Object.keys(fields);
  const ticked = (fact: Fact) =>
    names.filter((name) => name.startsWith(`${fact}.`)).map((name) => name.slice(fact.length + 1));
  const tags = typeof fields["tags"] === "string" ? readTags(fields["tags"]) : [];
  return {
    match: fields["match"] === "any" ? "any" : "all",
    statuses: ticked("statuses"),
    licenceKinds: ticked("licenceKinds"),
    categories: ticked("categories"),
    vendors: ticked("vendors"),
    countries: ticked("countries"),
    tags,
  };
}

/** The rule that the fields ask for; undefined where a value is none, null where no condition asks anything. */
export function readRule(fields: Readonly<Record<string, unknown>>): Rule | null | undefined {
  const parsed = Rule.safeParse(readDraft(fields));
  if (!parsed.success) return undefined;
  return facts.some((fact) => parsed.data[fact].length > 0) ? parsed.data : null;
}

/** A group that a page can be narrowed to. */
export const GroupChoice = z.object({ id: z.uuid(), name: z.string() });
export type GroupChoice = z.infer<typeof GroupChoice>;

export const GroupListInput = z.strictObject({
  q: z.string().trim().max(100).optional(),
  /** Opaque cursor of the group after which the page begins. */
  after: z.string().max(1_000).optional(),
});
export type GroupListInput = z.output<typeof GroupListInput>;

/** Counted up to a limit; `isMore`: there are more than `count`. */
export const Count = z.object({ count: z.number(), isMore: z.boolean() });
export type Count = z.infer<typeof Count>;

const Group = z.object({
  id: z.uuid(),
  name: z.string(),
  /** null: people say who belongs. */
  rule: Rule.nullable(),
  /** Raised by each change of name or rule; who saves gives the one they saw. */
  version: z.number(),
  /** False while the worker still holds customers against a new rule. */
  isSettled: z.boolean(),
  customers: Count,
});

export const GroupList = z.object({
  rows: z.array(Group.extend({ administrators: z.array(z.string()), administratorCount: z.number() })),
  next: z.string().nullable(),
  total: z.number(),
});
export type GroupList = z.infer<typeof GroupList>;

const Person = z.object({
  membershipId: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: z.enum(["superAdmin", "admin", "helpDesk", "business", "readOnly"]),
});
export type Person = z.infer<typeof Person>;

export const GroupDetails = Group.extend({
  /** `seesAll`: has all customers anyway; `onlyThis`: has no other customers. */
  administrators: z.array(Person.extend({ seesAll: z.boolean(), onlyThis: z.boolean() })),
  /** Whom the group may be given to. */
  candidates: z.array(Person),
  silentDays: z.number().nullable(),
  stuckHours: z.number().nullable(),
  /** Maintenance windows of the group that are open or coming. */
  windows: z.number(),
});
export type GroupDetails = z.infer<typeof GroupDetails>;

export const RuleOptions = z.object({
  categories: z.array(z.string()),
  vendors: z.array(z.string()),
  countries: z.array(z.string()),
});
export type RuleOptions = z.infer<typeof RuleOptions>;

/** The groups of one customer by name, and the other ones that people fill. */
export const GroupsOf = z.object({
  member: z.array(z.object({ id: z.uuid(), name: z.string(), isByRule: z.boolean() })),
  others: z.array(z.object({ id: z.uuid(), name: z.string() })),
});
export type GroupsOf = z.infer<typeof GroupsOf>;

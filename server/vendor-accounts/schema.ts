// Inputs and outputs of vendor accounts: the queue of the unmatched, what may be one, links and their history.
import { z } from "zod";
import { GroupChoice } from "#server/groups/schema.ts";

export const accountViews = ["unmatched", "duplicates", "linked", "setAside"] as const;
export const AccountListInput = z.strictObject({
  view: z.enum(accountViews).default("unmatched"),
  q: z.string().trim().max(200).optional(),
  /** Accounts of this group's customers; one without a customer is in no group. */
  group: z.uuid().optional(),
  after: z.string().max(600).optional(),
});
export type AccountListInput = z.output<typeof AccountListInput>;

/** Lenient, for the page's address: what is wrong falls back to its default (decision 15). */
export function readAccountAddress(query: Record<string, string | string[] | undefined>): AccountListInput {
  const entries = Object.entries(AccountListInput.shape).flatMap(([name, field]) => {
    const raw = [query[name]].flat()[0];
    const parsed =
      raw === undefined || raw === "" ? undefined : field.safeParse(raw.replaceAll("\0", "").toWellFormed());
    return parsed?.success ? [[name, parsed.data]] : [];
  });
  return AccountListInput.parse(Object.fromEntries(entries));
}

const Party = z.object({ id: z.uuid(), name: z.string() });
const Proposal = Party.extend({
  domain: z.string().nullable(),
  country: z.string().nullable(),
  score: z.number(),
  reasons: z.array(z.enum(["externalId", "domain", "contactDomain", "name", "otherCountry"])),
});
export type Proposal = z.infer<typeof Proposal>;

const AccountRow = z.object({
  id: z.uuid(),
  vendor: z.string(),
  connection: z.string(),
  externalId: z.string(),
  name: z.string(),
  /** Another account of this partner has the same name; vendors send names twice. */
  isNameTwice: z.boolean(),
  domain: z.string().nullable(),
  region: z.string().nullable(),
  customer: Party.nullable(),
  linkState: z.enum(["linked", "unlink_scheduled", "not_linked"]),
  linkedBy: z.enum(["identifier", "arrival", "person"]).nullable(),
  unlinkOn: z.string().nullable(),
  lastSuccessAt: z.string().nullable(),
  errorCode: z.string().nullable(),
  createdAt: z.string(),
});
export type AccountRow = z.infer<typeof AccountRow>;

export const AccountList = z.object({
  rows: z.array(AccountRow.extend({ best: Proposal.nullable() })),
  next: z.string().nullable(),
  counts: z.record(z.enum(accountViews), z.number()),
  groups: z.array(GroupChoice),
  now: z.string(),
});
export type AccountList = z.infer<typeof AccountList>;

export const linkKinds = [
  "linked",
  "merged",
  "split",
  "unlink_scheduled",
  "unlink_cancelled",
  "unlink_refused",
  "unlinked",
  "set_aside",
] as const;
export const AccountDetails = AccountRow.extend({
  contacts: z.array(z.string()),
  externalIds: z.array(z.string()),
  country: z.string().nullable(),
  isSetAside: z.boolean(),
  proposals: z.array(Proposal),
  /** Customers found by `q`, best first. */
  found: z.array(Proposal),
  /** What *Unlink* would do today; null where nothing is linked. */
  plan: z
    .discriminatedUnion("kind", [
      z.object({
        kind: z.literal("refused"),
        why: z.enum(["termLicence", "recentLicence"]),
        product: z.string(),
        possibleOn: z.string().nullable(),
      }),
      z.object({ kind: z.literal("scheduled"), on: z.string(), product: z.string() }),
      z.object({ kind: z.literal("now") }),
    ])
    .nullable(),
  history: z.array(
    z.object({
      at: z.string(),
      kind: z.enum(linkKinds),
      fromName: z.string(),
      toName: z.string(),
      actorName: z.string(),
    }),
  ),
  now: z.string(),
});
export type AccountDetails = z.infer<typeof AccountDetails>;

export const AccountInput = z.strictObject({ accountId: z.uuid(), q: z.string().trim().max(200).optional() });
export const LinkInput = z.strictObject({ accountId: z.uuid(), toCustomerId: z.uuid() });
/** `word`: the typed word of the user's language, because the customer that is merged goes. */
export const MergeInput = z.strictObject({
  fromCustomerId: z.uuid(),
  intoCustomerId: z.uuid(),
  word: z.string().max(40),
});

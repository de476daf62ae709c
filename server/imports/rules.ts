// Whose row of a list it is and what it changes; which rows of one list mean the same customer.
import { type CleanRow, reason, storable, type Values } from "#server/columns/rules.ts";
import { type Field, fields, type Outcome, type Reason, type Rejected } from "./schema.ts";

/** A row with its name as the database compares names (app.plain). */
export type NamedRow = CleanRow & { plain: string };
const identity = ({ plain, values }: NamedRow) => `${plain}\n${values.domain ?? ""}`;

/**
 * Tells rows of one file that mean the same customer: an identifier that came before; the same name and domain, unless
 * both rows carry identifiers, which then differ. Names alone may repeat among identified customers.
 */
export function newRepetitions(): (row: NamedRow) => Reason | undefined {
  const byId = new Map<string, number>();
  const anyone = new Map<string, number>();
  const anonymous = new Map<string, number>();
  return (row) => {
    const { externalId, domain } = row.values;
    const own = identity(row);
    const sameId = externalId === undefined ? undefined : byId.get(externalId);
    if (sameId !== undefined) return reason("duplicateExternalId", "externalId", { line: sameId });
    const same = (externalId === undefined && domain !== undefined ? anyone : anonymous).get(own);
    if (same !== undefined && !(externalId !== undefined && domain === undefined))
      return reason("duplicateRow", null, { line: same });
    if (externalId !== undefined) byId.set(externalId, row.line);
    else anonymous.set(own, row.line);
    if (!anyone.has(own)) anyone.set(own, row.line);
    return undefined;
  };
}

type Contact = { firstName: string; lastName: string; email: string; phone: string };
/** What a list can say of a customer, as it is stored. */
export type CustomerRecord = {
  name: string;
  nameShown: string;
  /** A person chose it: synchronisation leaves it alone. */
  isNameChosen: boolean;
  domain: string | null;
  externalId: string | null;
  country: string | null;
  region: string | null;
  language: string | null;
  accountManager: string | null;
  notes: string;
  tags: string[];
  since: string | null;
  street: string;
  city: string;
  postalCode: string;
  contact: Contact;
};
/** A customer that may be the one a row means. */
export type Candidate = {
  id: string;
  plain: string;
  relationship: string;
  isVisible: boolean;
  /** Its record is the vendor's word: each synchronisation writes it anew (renewCustomers). */
  isVendors: boolean;
  record: CustomerRecord;
};
/** What of a record a vendor's word is. */
const vendorsOwn: readonly Field[] = ["name", "domain", "country", "region", "street", "postalCode", "city"];

/** What the customer is after the row; an empty cell leaves what is there. `isVendors`: as of a candidate. */
export function recordAfter(
  values: Values & { name: string },
  before?: CustomerRecord,
  isVendors = false,
): CustomerRecord {
  const keeps = before !== undefined && (before.isNameChosen || before.nameShown !== before.name);
  // A name that a person chose to show stays; one that only repeats the name follows it.
  const nameShown = values.nameShown ?? (keeps ? before.nameShown : values.name);
  // The vendor's name comes back; what the row says the customer is to be shown as does not go with it.
  const isKept = isVendors && values.nameShown !== undefined && nameShown !== before?.name;
  return {
    name: values.name,
    nameShown,
    isNameChosen: isKept || (keeps && nameShown === before.nameShown) || nameShown !== values.name,
    domain: values.domain ?? before?.domain ?? null,
    externalId: values.externalId ?? before?.externalId ?? null,
    country: values.country ?? before?.country ?? null,
    region: values.region ?? before?.region ?? null,
    language: values.language ?? before?.language ?? null,
    accountManager: values.accountManager ?? before?.accountManager ?? null,
    notes: values.notes ?? before?.notes ?? "",
    tags: values.tags?.split("; ") ?? before?.tags ?? [],
    since: values.since ?? before?.since ?? null,
    street: values.street ?? before?.street ?? "",
    city: values.city ?? before?.city ?? "",
    postalCode: values.postalCode ?? before?.postalCode ?? "",
    contact: {
      firstName: values.contactFirstName ?? before?.contact.firstName ?? "",
      lastName: values.contactLastName ?? before?.contact.lastName ?? "",
      email: values.contactEmail ?? before?.contact.email ?? "",
      phone: values.contactPhone ?? before?.contact.phone ?? "",
    },
  };
}

const valueOf = (record: CustomerRecord, field: Field): unknown => {
  if (field === "tags") return record.tags.join("; ");
  const part = {
    contactFirstName: "firstName",
    contactLastName: "lastName",
    contactEmail: "email",
    contactPhone: "phone",
  } as const;
  return field in part
    ? record.contact[part[field as keyof typeof part]]
    : record[field as Exclude<Field, keyof typeof part>];
};
const refused = (row: NamedRow, why: Reason): Decision => ({
  outcome: "rejected",
  row: { line: row.line, cells: row.cells.map(storable), reasons: [why] },
});
const changedFields = (before: CustomerRecord, after: CustomerRecord): Field[] =>
  fields.map(({ id }) => id).filter((field) => valueOf(before, field) !== valueOf(after, field));

export type Decision =
  | {
      outcome: Exclude<Outcome, "rejected">;
      row: NamedRow;
      id: string | null;
      record: CustomerRecord;
      changes: Field[];
      /** Of the changes those that the next synchronisation takes back. */
      resets: Field[];
    }
  | { outcome: "rejected"; row: Rejected };

/**
 * Whose row it is: the customer with its identifier; else the one with its name and domain, as long as not both carry
 * identifiers; without either, the one with its name that has neither. `taken`: customers that earlier rows are, and
 * `fileIds`: identifiers that rows of the file carry, so that no two rows fight over one customer.
 */
export function decide(
  row: NamedRow,
  candidates: readonly Candidate[],
  taken: ReadonlySet<string>,
  fileIds: ReadonlySet<string>,
): Decision {
  const { externalId, domain, name } = row.values;
  const refuse = (code: Reason["code"]) => refused(row, reason(code));
  const free = candidates.filter(
    ({ id, plain, isVisible, record }) =>
      isVisible &&
      plain === row.plain &&
      !taken.has(id) &&
      (record.externalId === null || !fileIds.has(record.externalId)),
  );
  const alike = free
    .filter(
      ({ record }) =>
        record.domain === (domain ?? null) &&
        (record.externalId === null || (externalId === undefined && domain !== undefined)) &&
        (domain !== undefined || externalId === undefined),
    )
    .map((candidate) => ({
      candidate,
      rank: (candidate.record.externalId === null ? 0 : 2) + (candidate.record.name === name ? 0 : 1),
    }))
    .sort((a, b) => a.rank - b.rank);
  const identified =
    externalId === undefined ? undefined : candidates.find(({ record }) => record.externalId === externalId);
  if (!identified && alike[0] && alike[0].rank === alike[1]?.rank) return refuse("ambiguous");
  const found = identified ?? alike[0]?.candidate;
  if (!found)
    return { outcome: "new", row, id: null, record: recordAfter(row.values), changes: [], resets: [] };
  if (!found.isVisible) return refuse("outsideScope");
  if (found.relationship === "order_only") return refuse("orderOnly");
  const record = recordAfter(row.values, found.record, found.isVendors);
  const changes = changedFields(found.record, record);
  const isReset = (field: Field) =>
    vendorsOwn.includes(field) || (field === "nameShown" && !record.isNameChosen);
  const resets = found.isVendors ? changes.filter(isReset) : [];
  return {
    outcome: changes.length > 0 ? "changed" : "unchanged",
    row,
    id: found.id,
    record,
    changes,
    resets,
  };
}

/** Whether the row chooses a name to show that its customer has not got yet. */
export const isRenaming = (decided: Decision): boolean =>
  decided.outcome !== "rejected" &&
  decided.row.values.nameShown !== undefined &&
  (decided.outcome === "new" || decided.changes.includes("nameShown"));

/** A name to show as the database compares it, and the customers that are shown by it. */
export type Borne = { plain: string; bearers: readonly string[] };

/**
 * Refuses a row that chooses a name by which another customer is shown. `borne`: the name that the row ends up with;
 * `shown`: those of earlier rows of the file, to which it is added.
 */
export function withOwnName(decided: Decision, { plain, bearers }: Borne, shown: Set<string>): Decision {
  if (decided.outcome === "rejected") return decided;
  const { id, row, record } = decided;
  const isTaken = shown.has(plain) || bearers.some((bearer) => bearer !== id);
  if (isTaken && isRenaming(decided))
    return refused(row, reason("nameTaken", "nameShown", { value: record.nameShown }));
  shown.add(plain);
  return decided;
}

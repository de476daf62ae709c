// Pure decisions about vendor accounts: whom one may belong to, and when its link may end.
import { addDays, type LicenceFacts, licenceStatus } from "#server/licences/rules.ts";

export type AccountFacts = {
  externalIds: readonly string[];
  name: string;
  domain: string | null;
  country: string | null;
  /** Domains of the addresses that the vendor names as contacts. */
  contactDomains: readonly string[];
};
export type CandidateFacts = {
  externalId: string | null;
  domain: string | null;
  country: string | null;
  /** How alike the names are, 0 to 1 (trigrams of the names without their legal form). */
  likeness: number;
};
export type MatchReason = "externalId" | "domain" | "contactDomain" | "name" | "otherCountry";
export type Match = { score: number; reasons: MatchReason[] };

/** From this score on a customer is proposed. */
export const PROPOSED_FROM = 50;
/** Names less alike than this say nothing. */
const ALIKE_FROM = 0.4;

/**
 * How likely this account is that customer's: 100 for an equal identifier; else a domain counts 70, the domain of a
 * contact 50, a name up to 75 alone and 25 beside a domain; another country takes 20 away. At most 99 without an
 * identifier: a person confirms.
 */
export function matchOf(account: AccountFacts, customer: CandidateFacts): Match {
  if (customer.externalId !== null && account.externalIds.includes(customer.externalId))
    return { score: 100, reasons: ["externalId"] };
  const reasons: MatchReason[] = [];
  let score = 0;
  if (customer.domain !== null && customer.domain === account.domain) {
    score = 70;
    reasons.push("domain");
  } else if (customer.domain !== null && account.contactDomains.includes(customer.domain)) {
    score = 50;
    reasons.push("contactDomain");
  }
  if (customer.likeness >= ALIKE_FROM) {
    score += Math.round(customer.likeness * (score > 0 ? 25 : 75));
    reasons.push("name");
  }
  if (
    score > 0 &&
    account.country !== null &&
    customer.country !== null &&
    account.country !== customer.country
  ) {
    score -= 20;
    reasons.push("otherCountry");
  }
  return { score: Math.max(0, Math.min(99, score)), reasons };
}

/** Legal forms say nothing of who a company is: Italian, French, German, English and the Nordic ones. */
const legalForms = new Set(
  "srl srls spa snc sas sa sarl eurl sasu sci scop gmbh ag kg ug ohg ev ltd limited plc llc llp inc incorporated corp corporation co company bv nv oy ab as aps soc coop societa societe group holding".split(
    " ",
  ),
);

/** A name without punctuation and legal form; as it was where nothing else is left. */
export function coreName(name: string): string {
  // "S.r.l." is one word: a dot between single letters joins them.
  const words = name
    .replaceAll(/\b(\p{L})\.\s?(?=\p{L}\b)/gu, "$1")
    .replaceAll(/[^\p{L}\p{N}&]+/gu, " ")
    .trim()
    .split(" ");
  const plain = (word: string) => word.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return words.filter((word) => !legalForms.has(plain(word))).join(" ") || name;
}

/** `Product`: how the licence that decides is named. */
export type UnlinkPlan<Product = string> =
  | { kind: "refused"; why: "termLicence" | "recentLicence"; product: Product; possibleOn: string | null }
  | { kind: "scheduled"; on: string; product: Product }
  | { kind: "now" };

/** Days after a term licence's end in which the vendor keeps the account. */
export const KEPT_DAYS = 60;

/** Which row of the rule table holds for one licence, and from which day it stands in the way no more (null: never, or it does not). */
export type UnlinkRow = { row: "term" | "recent" | "monthly" | "free"; possibleOn: string | null };
export function unlinkRow(licence: LicenceFacts, today: string): UnlinkRow {
  const status = licenceStatus(licence, today);
  if (licence.kind === "monthly")
    return status === "active"
      ? { row: "monthly", possibleOn: firstOfNextMonth(today) }
      : { row: "free", possibleOn: null };
  if (licence.kind === "trial") return { row: "free", possibleOn: null };
  const possibleOn = licence.endsOn && addDays(licence.endsOn, KEPT_DAYS);
  if (status !== "expired") return { row: "term", possibleOn };
  return possibleOn !== null && possibleOn > today
    ? { row: "recent", possibleOn }
    : { row: "free", possibleOn: null };
}

/** When the link of an account with these licences may end (domain.md, "Unlink"; docs/decisions/0028); `today` is the partner's day. */
export function unlinkPlan<Product>(
  licences: readonly (LicenceFacts & { product: Product })[],
  today: string,
): UnlinkPlan<Product> {
  const rows = licences.map((licence) => ({ product: licence.product, ...unlinkRow(licence, today) }));
  const running = rows.find(({ row }) => row === "term");
  if (running)
    return { kind: "refused", why: "termLicence", product: running.product, possibleOn: running.possibleOn };
  const [recent] = rows
    .filter(({ row }) => row === "recent")
    .sort((a, b) => (b.possibleOn ?? "").localeCompare(a.possibleOn ?? ""));
  if (recent)
    return { kind: "refused", why: "recentLicence", product: recent.product, possibleOn: recent.possibleOn };
  const monthly = rows.find(({ row }) => row === "monthly");
  return monthly
    ? { kind: "scheduled", on: monthly.possibleOn ?? "", product: monthly.product }
    : { kind: "now" };
}

const firstOfNextMonth = (today: string): string => {
  const [year = 0, month = 0] = today.split("-").map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
};

// Which rows mean the same customer, whose row it is, and what it changes.
import { describe, expect, test } from "vitest";
import type { Values } from "#server/columns/rules.ts";
import {
  type Candidate,
  type CustomerRecord,
  decide,
  type NamedRow,
  newRepetitions,
  recordAfter,
} from "./rules.ts";

const named = (values: Values & { name: string }, line = 2): NamedRow => ({
  line,
  cells: [],
  values,
  plain: values.name.toLowerCase(),
});
const candidate = (
  id: string,
  values: Values & { name: string },
  other: Partial<Candidate> = {},
): Candidate => ({
  id,
  plain: values.name.toLowerCase(),
  relationship: "managed",
  isVisible: true,
  isVendors: false,
  record: recordAfter(values),
  ...other,
});

describe("rows that repeat", () => {
  const X = { name: "Acme", domain: "acme.com" };
  test.each<[string, (Values & { name: string })[], (string | undefined)[]]>([
    [
      "an identifier",
      [
        { name: "A", externalId: "1" },
        { name: "B", externalId: "1" },
      ],
      [undefined, "duplicateExternalId"],
    ],
    [
      "names with different identifiers may repeat",
      [
        { ...X, externalId: "1" },
        { ...X, externalId: "2" },
      ],
      [undefined, undefined],
    ],
    ["name and domain without identifiers", [X, X], [undefined, "duplicateRow"]],
    ["name and domain, one identified", [{ ...X, externalId: "1" }, X], [undefined, "duplicateRow"]],
    ["name and domain, the other identified", [X, { ...X, externalId: "1" }], [undefined, "duplicateRow"]],
    [
      "the same name elsewhere",
      [X, { name: "Acme", domain: "acme.it" }, { name: "Acme" }],
      [undefined, undefined, undefined],
    ],
    ["a bare name", [{ name: "Acme" }, { name: "ACME" }], [undefined, "duplicateRow"]],
    [
      "a bare name beside an identified one",
      [{ name: "Acme", externalId: "1" }, { name: "Acme" }],
      [undefined, undefined],
    ],
  ])("%s", (_what, rows, expected) => {
    const repetition = newRepetitions();
    expect(rows.map((values, index) => repetition(named(values, index + 2))?.code)).toEqual(expected);
  });
});

describe("whose row it is", () => {
  const none = new Set<string>();
  const outcome = (
    values: Values & { name: string },
    candidates: Candidate[],
    taken = none,
    fileIds = none,
  ) => {
    const decided = decide(named(values), candidates, taken, fileIds);
    return decided.outcome === "rejected"
      ? decided.row.reasons[0]?.code
      : `${decided.outcome} ${decided.id ?? ""}`.trim();
  };
  const identified = candidate("a", { name: "Acme", domain: "acme.com", externalId: "1" });
  const unidentified = candidate("b", { name: "Acme", domain: "acme.com" });
  const bare = candidate("c", { name: "Acme" });
  test.each<[string, Values & { name: string }, Candidate[], string]>([
    ["nobody's", { name: "Acme" }, [], "new"],
    ["by identifier, though renamed", { name: "Acme SpA", externalId: "1" }, [identified], "changed a"],
    [
      "by identifier, with nothing new",
      { name: "Acme", externalId: "1" },
      [identified, unidentified],
      "unchanged a",
    ],
    ["by name and domain", { name: "Acme", domain: "acme.com" }, [unidentified], "unchanged b"],
    [
      "by name and domain, giving the identifier",
      { name: "Acme", domain: "acme.com", externalId: "9" },
      [unidentified],
      "changed b",
    ],
    [
      "by name and domain of an identified customer",
      { name: "Acme", domain: "acme.com" },
      [identified],
      "unchanged a",
    ],
    [
      "the customer without an identifier first",
      { name: "Acme", domain: "acme.com" },
      [identified, unidentified],
      "unchanged b",
    ],
    [
      "another identifier is another customer",
      { name: "Acme", domain: "acme.com", externalId: "2" },
      [identified],
      "new",
    ],
    ["by bare name", { name: "ACME" }, [bare], "changed c"],
    ["a bare name is not a customer with a domain", { name: "Acme" }, [unidentified, identified], "new"],
    ["an identified row is not a bare customer", { name: "Acme", externalId: "1" }, [bare], "new"],
    [
      "two who fit equally",
      { name: "Acme", domain: "acme.com" },
      [unidentified, { ...unidentified, id: "d" }],
      "ambiguous",
    ],
    [
      "the one whose name is written the same",
      { name: "Acme", domain: "acme.com" },
      [unidentified, candidate("d", { name: "ACME", domain: "acme.com" })],
      "unchanged b",
    ],
    [
      "somebody out of sight, by identifier",
      { name: "Acme", externalId: "1" },
      [{ ...identified, isVisible: false }],
      "outsideScope",
    ],
    [
      "somebody out of sight, by name",
      { name: "Acme", domain: "acme.com" },
      [{ ...unidentified, isVisible: false }],
      "new",
    ],
    [
      "an order's",
      { name: "Acme", externalId: "1" },
      [{ ...identified, relationship: "order_only" }],
      "orderOnly",
    ],
  ])("%s", (_what, values, candidates, expected) => {
    expect(outcome(values, candidates)).toBe(expected);
  });
  test("a customer that an earlier row is, or whose identifier another row carries, is left to it", () => {
    expect(
      outcome({ name: "Acme", domain: "acme.com", externalId: "9" }, [unidentified], new Set(["b"])),
    ).toBe("new");
    expect(outcome({ name: "Acme", domain: "acme.com" }, [identified], none, new Set(["1"]))).toBe("new");
  });
  test("an empty cell leaves what is there, a chosen display name stays, a repeated one follows", () => {
    const before = {
      ...recordAfter({ name: "Old", city: "Rome", contactEmail: "a@example.it" }),
      nameShown: "Chosen",
    };
    expect(recordAfter({ name: "New", contactPhone: "1" }, before)).toMatchObject({
      name: "New",
      nameShown: "Chosen",
      city: "Rome",
      contact: { email: "a@example.it", phone: "1" },
    });
    expect(recordAfter({ name: "New" }, { ...before, nameShown: "Old" })).toMatchObject({ nameShown: "New" });
  });
  test.each<[string, Values & { name: string }, Partial<CustomerRecord> | undefined, [string, boolean]]>([
    ["none for a new customer", { name: "A" }, undefined, ["A", false]],
    ["one for a new customer", { name: "A", nameShown: "B" }, undefined, ["B", true]],
    ["the name itself", { name: "A", nameShown: "A" }, { name: "A", nameShown: "B" }, ["A", false]],
    ["one that stands already", { name: "A", nameShown: "B" }, { nameShown: "B" }, ["B", true]],
    ["the former name", { name: "New", nameShown: "A" }, { name: "A", nameShown: "A" }, ["A", true]],
    [
      "none, where one is chosen that the name has come to be",
      { name: "New" },
      { name: "A", nameShown: "A", isNameChosen: true },
      ["A", true],
    ],
  ])("the display name, where the row gives %s", (_what, values, stands, [nameShown, isNameChosen]) => {
    const before = stands && { ...recordAfter({ name: "A" }), ...stands };
    expect(recordAfter(values, before)).toMatchObject({ nameShown, isNameChosen });
  });
  test("of what the vendor's record says is told that it comes back; a name to show is kept from that", () => {
    const of = (values: Values & { name: string }, isVendors: boolean) => {
      const decided = decide(
        named({ externalId: "1", ...values }),
        [{ ...identified, isVendors }],
        none,
        none,
      );
      if (decided.outcome === "rejected") throw new Error("refused");
      return decided;
    };
    const renamed = { name: "Acme SpA", country: "IT", notes: "x" };
    expect(of(renamed, false).resets).toEqual([]);
    expect(of(renamed, true)).toMatchObject({
      changes: ["name", "nameShown", "country", "notes"],
      resets: ["name", "nameShown", "country"],
    });
    const shown = of({ name: "Acme SpA", nameShown: "Acme SpA" }, true);
    expect(shown.resets).toEqual(["name"]);
    expect(shown.record).toMatchObject({ nameShown: "Acme SpA", isNameChosen: true });
    expect(of({ name: "Acme", nameShown: "Acme" }, true).resets).toEqual([]);
  });
});

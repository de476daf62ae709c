// Whom an account may belong to, and when its link may end: tables of cases.
import { describe, expect, test } from "vitest";
import { coreName, matchOf, unlinkPlan, unlinkRow } from "./rules.ts";

const account = {
  externalIds: ["CRM-7"],
  name: "Bottega Rossi S.r.l.",
  domain: "bottega-rossi.it",
  country: "IT",
  contactDomains: ["rossi.example"],
};
const nobody = { externalId: null, domain: null, country: null, likeness: 0 };

describe("a match", () => {
  test.each([
    ["an equal identifier is certain", { ...nobody, externalId: "CRM-7" }, 100, ["externalId"]],
    ["the same domain", { ...nobody, domain: "bottega-rossi.it" }, 70, ["domain"]],
    ["domain and name", { ...nobody, domain: "bottega-rossi.it", likeness: 1 }, 95, ["domain", "name"]],
    ["a contact's domain", { ...nobody, domain: "rossi.example" }, 50, ["contactDomain"]],
    ["the same name alone", { ...nobody, likeness: 1 }, 75, ["name"]],
    ["a name that is a little alike", { ...nobody, likeness: 0.3 }, 0, []],
    ["the same name elsewhere", { ...nobody, likeness: 1, country: "FR" }, 55, ["name", "otherCountry"]],
    ["nothing in common", nobody, 0, []],
    ["another country alone", { ...nobody, country: "FR" }, 0, []],
  ] as const)("%s", (_, customer, score, reasons) => {
    expect(matchOf(account, customer)).toEqual({ score, reasons });
  });

  test("no missing domain equals another missing one", () => {
    expect(matchOf({ ...account, domain: null }, nobody).score).toBe(0);
  });
});

test.each([
  ["Bottega Rossi S.r.l.", "Bottega Rossi"],
  ["ATELIER MARCHAND SARL", "ATELIER MARCHAND"],
  ["Società Elettrica S.p.A.", "Elettrica"],
  ["Müller & Söhne GmbH & Co. KG", "Müller & Söhne &"],
  ["3M Company", "3M"],
  ["S.p.A.", "S.p.A."],
  ["株式会社", "株式会社"],
])("the core of %s is %s", (name, core) => {
  expect(coreName(name)).toBe(core);
});

describe("ending a link", () => {
  const licence = {
    product: "Intercept X",
    kind: "term" as "term" | "monthly" | "trial",
    isSuspended: false,
    isUnlimited: false,
    quantity: "5",
    used: null,
    startsOn: "2026-01-01" as string | null,
    endsOn: "2026-12-31" as string | null,
  };
  const today = "2026-11-21";
  test.each([
    ["nothing: now", [], { kind: "now" }],
    ["a trial: now", [{ ...licence, kind: "trial" as const }], { kind: "now" }],
    [
      "a running term: refused, until 60 days after its end",
      [licence],
      { kind: "refused", why: "termLicence", product: "Intercept X", possibleOn: "2027-03-01" },
    ],
    [
      "a term without an end: refused",
      [{ ...licence, endsOn: null }],
      { kind: "refused", why: "termLicence", product: "Intercept X", possibleOn: null },
    ],
    [
      "a suspended term: refused",
      [{ ...licence, isSuspended: true }],
      { kind: "refused", why: "termLicence", product: "Intercept X", possibleOn: "2027-03-01" },
    ],
    [
      "a term that ended 59 days ago: refused until tomorrow",
      [{ ...licence, endsOn: "2026-09-23" }],
      { kind: "refused", why: "recentLicence", product: "Intercept X", possibleOn: "2026-11-22" },
    ],
    ["a term that ended 60 days ago: now", [{ ...licence, endsOn: "2026-09-22" }], { kind: "now" }],
    [
      "monthly use: the first of next month",
      [{ ...licence, kind: "monthly" as const, endsOn: null }],
      { kind: "scheduled", on: "2026-12-01", product: "Intercept X" },
    ],
    [
      "a running term beside monthly use: refused",
      [{ ...licence, kind: "monthly" as const, endsOn: null }, licence],
      { kind: "refused", why: "termLicence", product: "Intercept X", possibleOn: "2027-03-01" },
    ],
  ])("%s", (_, licences, plan) => {
    expect(unlinkPlan(licences, today)).toEqual(plan);
  });

  test("in December the next month is January", () => {
    const monthly = { ...licence, kind: "monthly" as const, endsOn: null };
    expect(unlinkPlan([monthly], "2026-12-31")).toMatchObject({ on: "2027-01-01" });
  });
});

describe("the row of the rule table", () => {
  const licence = {
    kind: "term" as const,
    isSuspended: false,
    isUnlimited: false,
    quantity: "1",
    used: "1",
    startsOn: "2026-01-01",
    endsOn: "2026-12-31",
  };
  test.each([
    ["an active term", {}, "2026-11-21", "term", "2027-03-01"],
    ["one that has not started", { startsOn: "2026-12-01" }, "2026-11-21", "term", "2027-03-01"],
    ["a suspended one", { isSuspended: true }, "2026-11-21", "term", "2027-03-01"],
    ["one without an end", { endsOn: null }, "2026-11-21", "term", null],
    ["on its last day", { endsOn: "2026-11-21" }, "2026-11-21", "term", "2027-01-20"],
    ["the day after its end", { endsOn: "2026-11-20" }, "2026-11-21", "recent", "2027-01-19"],
    ["59 days after its end", { endsOn: "2026-11-20" }, "2027-01-18", "recent", "2027-01-19"],
    ["60 days after its end", { endsOn: "2026-11-20" }, "2027-01-19", "free", null],
    ["over a leap day", { endsOn: "2028-01-15" }, "2028-02-29", "recent", "2028-03-15"],
    ["monthly", { kind: "monthly", endsOn: null }, "2026-11-21", "monthly", "2026-12-01"],
    ["monthly on the first", { kind: "monthly", endsOn: null }, "2026-12-01", "monthly", "2027-01-01"],
    [
      "monthly on the last of January",
      { kind: "monthly", endsOn: null },
      "2027-01-31",
      "monthly",
      "2027-02-01",
    ],
    ["monthly that has ended", { kind: "monthly", endsOn: "2026-10-31" }, "2026-11-21", "free", null],
    ["a suspended monthly one", { kind: "monthly", isSuspended: true }, "2026-11-21", "free", null],
    ["a trial", { kind: "trial" }, "2026-11-21", "free", null],
    ["a trial that ended yesterday", { kind: "trial", endsOn: "2026-11-20" }, "2026-11-21", "free", null],
  ] as const)("%s", (_, given, today, row, possibleOn) => {
    expect(unlinkRow({ ...licence, ...given }, today)).toEqual({ row, possibleOn });
  });
});

// Which actions the command palette offers to which role, in which language.
import { describe, expect, test } from "vitest";
import { resources } from "#locales/resources.ts";
import type { Actor, RoleName } from "#server/permissions.ts";
import { actionsOf } from "./rules.ts";

const actor = (role: RoleName): Actor => ({
  userId: "u",
  email: "a@b.example",
  name: "Ada",
  language: "en",
  timeZone: "UTC",
  membershipId: "m",
  role,
  partnerId: "p",
  partnerName: "P",
  customerId: role.startsWith("customer") ? "c" : null,
  memberAll: true,
  address: "",
});
const offered = (role: RoleName, lang: "en" | "it" | "fr" = "en") =>
  actionsOf(actor(role), lang, resources[lang].palette.action, resources[lang].common.language);
const { action } = resources.en.palette;

describe("actions of the command palette", () => {
  test.each([
    [
      "superAdmin",
      [action.syncAll, action.import, action.monthlyAccount, action.group, action.connection],
      [],
    ],
    ["admin", [action.syncAll, action.import, action.monthlyAccount], [action.group, action.connection]],
    ["helpDesk", [action.syncAll], [action.import, action.monthlyAccount, action.group]],
    ["business", [action.monthlyAccount], [action.syncAll, action.import]],
    ["readOnly", [action.figures], [action.syncAll, action.import, action.monthlyAccount]],
    ["customerAdmin", [action.profile], [action.syncAll, action.import, action.figures, action.group]],
  ] as const)("%s is offered what the role may do", (role, offers, refuses) => {
    const labels = offered(role).map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining([...offers, action.signOut, action.themeDark]));
    expect(labels.filter((label) => (refuses as readonly string[]).includes(label))).toEqual([]);
  });

  test("pages and forms are of the language; the other languages are named as they call themselves", () => {
    const french = offered("superAdmin", "fr");
    const hrefs = french.flatMap((one) => ("href" in one ? [one.href] : []));
    expect(hrefs.length).toBeGreaterThan(3);
    expect(hrefs.filter((href) => !href.startsWith("/fr/"))).toEqual([]);
    expect(french.flatMap((one) => ("language" in one ? [one.language] : []))).toEqual(["en", "it"]);
    expect(french.map(({ label }) => label).join()).not.toContain("{{");
  });
});

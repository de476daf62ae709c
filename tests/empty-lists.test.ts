// What lists say where there is nothing yet, and what to do: to a partner that has just begun, and to a member without customers.
import { createElement, type ReactNode } from "react";
import { beforeAll, describe, expect, test } from "vitest";
import { RecentJobs } from "#components/bulk/recent-jobs.tsx";
import { ListEmpty } from "#components/customers/list-empty.tsx";
import { PinnedSection } from "#components/home/pinned-section.tsx";
import { WorkQueue } from "#components/home/work-queue.tsx";
import { RecentImports } from "#components/imports/recent-imports.tsx";
import { ViewsBar } from "#components/views/views-bar.tsx";
import { type Language, languages } from "#locales/languages.ts";
import { resources } from "#locales/resources.ts";
import { readListAddress } from "#server/customers/schema.ts";
import { readHomeAddress } from "#server/home/schema.ts";
import { can } from "#server/permissions.ts";
import {
  callerFor,
  makeCustomer,
  makeGroup,
  makeMember,
  makePartner,
  type Member,
} from "#tests/factories.ts";
import { markupOf, textOf } from "#tests/markup.ts";

let beginner: Member;
let limited: Member;
beforeAll(async () => {
  beginner = await makeMember({ partnerId: await makePartner() });
  const partnerId = await makePartner();
  await makeCustomer({ partnerId });
  const { id } = await makeGroup({ partnerId });
  limited = await makeMember({ partnerId, role: "admin", groups: [id] });
});

const timeZone = "Europe/Rome";
/** The customers' list of this member, which is empty. */
async function customersOf(who: Member, lang: Language): Promise<ReactNode> {
  expect((await (await callerFor(who)).customers.list({})).rows).toEqual([]);
  const mayImport = can(who, "customer:import");
  return createElement(ListEmpty, {
    input: readListAddress({}),
    lang,
    mayImport,
    isLimited: !who.memberAll,
  });
}
async function homeOf(who: Member, lang: Language) {
  const input = readHomeAddress({});
  const queue = await (await callerFor(who)).home.queue(input);
  return { queue, input, lang, timeZone, membershipId: who.membershipId };
}

describe.each(languages)("in %s", (lang) => {
  const { bulk, customers, home, imports, views } = resources[lang];
  const lists: [string, () => Promise<ReactNode>, string[], string | undefined][] = [
    [
      "customers",
      () => customersOf(beginner, lang),
      [customers.empty.title, customers.empty.body],
      "/customers/import",
    ],
    [
      "views",
      async () =>
        createElement(ViewsBar, {
          list: await (await callerFor(beginner)).views.list({ shown: "" }),
          opened: undefined,
          columns: [],
          query: {},
          lang,
          membershipId: beginner.membershipId,
        }),
      [views.none],
      "/customers?view=all",
    ],
    [
      "actions on several",
      async () => {
        const { jobs } = await (await callerFor(beginner)).bulk.list({});
        return createElement(RecentJobs, { jobs, isNarrowed: false, lang, timeZone });
      },
      [bulk.empty.title, bulk.empty.reason],
      "/customers",
    ],
    [
      "imports",
      async () =>
        createElement(RecentImports, {
          imports: await (await callerFor(beginner)).imports.list(),
          lang,
          timeZone,
        }),
      [imports.recent.empty, imports.recent.emptyReason],
      undefined,
    ],
    [
      "work",
      async () => createElement(WorkQueue, { view: await homeOf(beginner, lang) }),
      [home.empty.team.title, home.empty.team.reason],
      "/customers",
    ],
    [
      "pins",
      async () => {
        const { rows } = await (await callerFor(beginner)).pins.rows({});
        return createElement(PinnedSection, { rows, view: await homeOf(beginner, lang) });
      },
      [home.pins.empty, home.pins.emptyReason],
      "/customers",
    ],
  ];
  test.each(lists)("nothing yet of %s says so, and how to go on", async (_what, list, texts, href) => {
    const markup = await markupOf(await list());
    for (const text of texts) expect(textOf(markup)).toContain(text);
    if (href !== undefined) expect(markup).toContain(`href="/${lang}${href}"`);
  });

  test("who looks after no customer hears who decides it, and is offered no import", async () => {
    const markup = await markupOf(await customersOf(limited, lang));
    expect(textOf(markup)).toContain(customers.empty.title);
    expect(textOf(markup)).toContain(customers.empty.limited);
    expect(textOf(markup)).not.toContain(customers.empty.body);
    expect(markup).not.toContain("href=");
  });
});

// Finding customers while one types: whom, in which order, forgiving what, and in whose scope.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#db/client.ts";
import { sessionCookieName } from "#server/auth/sessions.ts";
import { env } from "#server/env.ts";
import { adminQuery } from "#tests/database.ts";
import {
  callerFor,
  makeContact,
  makeCustomer,
  makeMember,
  makePartner,
  type Member,
  refresh,
} from "#tests/factories.ts";
import { searchHandler } from "./handler.ts";

const names = [
  "Rossi",
  "Rossi S.p.A.",
  "Rossi Costruzioni Generali Milano",
  "Rossini Gelati",
  "Bottega Rossi",
  "Bottega Rossini",
  "Eurorossi Trasporti",
  "Alpina Digital",
  "Jean-Pierre & Fils",
  "L’Oréal Distribution",
  "Kraftwerk Süd GmbH",
  "東京商事",
];
let partnerId: string;
let member: Member;
beforeAll(async () => {
  partnerId = await makePartner();
  for (const name of names) {
    const customer = await makeCustomer({
      partnerId,
      name,
      domain: name === "Alpina Digital" ? "alpina-digital.example" : null,
      externalId: name === "Alpina Digital" ? "CUST-00471" : null,
    });
    if (name === "Alpina Digital")
      await makeContact(customer, {
        firstName: "Anna",
        lastName: "Rossi",
        email: "anna.rossi@posta.example",
      });
  }
  const all = await adminQuery<{ id: string }>("select id from customer where partner_id = $1", [partnerId]);
  await refresh(
    partnerId,
    all.map(({ id }) => id),
  );
  member = await makeMember({ partnerId });
});
afterAll(closeDatabase);

const ask = (query: string, by: Member = member) =>
  searchHandler(
    new Request(`${env().origin}/api/search${query}`, {
      headers: { cookie: `${sessionCookieName()}=${by.token}` },
    }),
    { params: Promise.resolve({}) },
  );
const found = async (q: string, by: Member = member) => {
  const response = await ask(`?${new URLSearchParams({ q })}`, by);
  expect(response.status).toBe(200);
  const { matches } = (await response.json()) as { matches: { name: string }[] };
  return matches.map(({ name }) => name);
};

describe("the order of matches", () => {
  test("the name itself, names that begin so (whole words first), words of names that begin so, then the rest", async () => {
    expect(await found("rossi")).toEqual([
      "Rossi",
      "Rossi S.p.A.",
      "Rossi Costruzioni Generali Milano",
      "Rossini Gelati",
      "Bottega Rossi",
      "Bottega Rossini",
      "Alpina Digital",
    ]);
  });

  test("is that of the customers list, too", async () => {
    const { rows } = await (await callerFor(member)).customers.list({ q: "rossi" });
    expect(rows.map(({ name }) => name)).toEqual(await found("rossi"));
  });

  test("what is nearest comes first among names that begin alike", async () => {
    expect((await found("bottega ross")).slice(0, 2)).toEqual(["Bottega Rossi", "Bottega Rossini"]);
  });

  test("is the same for who sees these customers by name, and none of the others", async () => {
    const ids = await adminQuery<{ id: string; name: string }>(
      "select id, name from customer where partner_id = $1",
      [partnerId],
    );
    const everybody = await makeMember({ partnerId, role: "helpDesk", customers: ids.map(({ id }) => id) });
    const one = await makeMember({
      partnerId,
      role: "helpDesk",
      customers: ids.filter(({ name }) => name === "Bottega Rossi").map(({ id }) => id),
    });
    // One of each step: beginnings, words, other words, mistyped, inside a word, at last what resembles it.
    for (const q of ["rossi", "milano rossi", "alpina-dig", "alpnia", "werk", "botega rosi", "zzzqqq"]) {
      expect(await found(q, everybody), q).toEqual(await found(q));
      expect(
        (await found(q, one)).filter((name) => name !== "Bottega Rossi"),
        q,
      ).toEqual([]);
    }
    expect(await found("rossi", one)).toEqual(["Bottega Rossi"]);
    expect(await found("botega", one)).toEqual(["Bottega Rossi"]);
    expect(await found("kraftwerk", one)).toEqual([]);
  });

  test("is not that of the alphabet", async () => {
    const order = await found("rossi");
    expect(order).not.toEqual(order.toSorted((a, b) => a.localeCompare(b)));
  });
});

describe("what is forgiven", () => {
  test.each([
    ["ROSSI", "Rossi"],
    ["botega rosi", "Bottega Rossi"],
    ["botegta", "Bottega Rossi"],
    ["alpnia", "Alpina Digital"],
    ["alpnia digital", "Alpina Digital"],
    ["alpinaa", "Alpina Digital"],
    ["kraftwrek sud", "Kraftwerk Süd GmbH"],
    ["sud kraft", "Kraftwerk Süd GmbH"],
    ["milano rossi", "Rossi Costruzioni Generali Milano"],
    ["jean pierre", "Jean-Pierre & Fils"],
    ["jean-pierre", "Jean-Pierre & Fils"],
    ["oreal", "L’Oréal Distribution"],
    ["werk", "Kraftwerk Süd GmbH"],
    ["東京", "東京商事"],
    ["alpina-digital.example", "Alpina Digital"],
    ["alpina-dig", "Alpina Digital"],
    ["cust-00471", "Alpina Digital"],
    ["00471", "Alpina Digital"],
    ["anna.rossi@posta.example", "Alpina Digital"],
    ["rossi anna", "Alpina Digital"],
  ])("%s finds %s first", async (q, expected) => {
    expect((await found(q))[0]).toBe(expected);
  });

  test("what is found as it is typed is not mixed with what only resembles it", async () => {
    expect(await found("eurorossi")).toEqual(["Eurorossi Trasporti"]);
    expect(await found("zzzqqq")).toEqual([]);
  });
});

describe("bad input", () => {
  test.each([
    "",
    "%20",
    "%25",
    "_",
    "%5C",
    "'",
    "%00",
    "%27%3A*%20%26%20%21",
    "%F0%9F%A6%8A",
    "a%26b%7C%21%28",
  ])("%j is answered", async (q) => {
    const response = await ask(`?q=${q}`);
    expect([response.status, Object.keys((await response.json()) as object)]).toEqual([200, ["matches"]]);
  });
  test.each(["", `?q=${"a".repeat(201)}`, "?q=a&most=1000000"])("%j is refused", async (query) => {
    expect((await ask(query)).status).toBe(400);
  });
});

describe("whose customers", () => {
  test("one's own scope, in the partner one works for, by who may list", async () => {
    const [one] = await adminQuery<{ id: string }>(
      "select id from customer where partner_id = $1 and name = 'Bottega Rossi'",
      [partnerId],
    );
    const limited = await makeMember({ partnerId, role: "helpDesk", customers: [one?.id ?? ""] });
    expect(await found("rossi", limited)).toEqual(["Bottega Rossi"]);
    expect(await found("rossi", await makeMember({ partnerId: await makePartner() }))).toEqual([]);
    const user = await makeMember({ role: "customerAdmin", partnerId, customerId: one?.id ?? "" });
    expect((await ask("?q=rossi", user)).status).toBe(403);
  });

  test("frequent words are found without reading everything, names before contacts", async () => {
    const partner = await makePartner();
    await adminQuery(
      `with made as (insert into customer (partner_id, name, name_shown, relationship, origin)
         select $1, case when n = 777 then 'Zeta Consulta' else 'Firma ' || n end, 'x', 'managed', 'person' from generate_series(1, 1200) n returning *)
       insert into customer_search select partner_id, id, app.plain(name), app.plain(name || ' Consulta Rossi') from made`,
      [partner],
    );
    const [zeta] = await adminQuery<{ id: string }>(
      "select id from customer where partner_id = $1 and name = 'Zeta Consulta'",
      [partner],
    );
    const ids = await adminQuery<{ customer_id: string }>(
      "select customer_id from (select set_config('app.partner_id', $1, true), set_config('app.member_all', 'on', true)) s, app.search_customers('consulta', 8)",
      [partner],
    );
    expect([ids.length, ids[0]?.customer_id]).toEqual([8, zeta?.id]);
  });
});

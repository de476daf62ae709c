// What a preview says of customers whose record is a vendor's word, and what the vendor's next synchronisation makes of it.
import { expect, test } from "vitest";
import { withScope } from "#db/client.ts";
import { insertImport } from "#server/imports/queries.ts";
import { readFile } from "#server/imports/service.ts";
import { runImport } from "#server/jobs/import.ts";
import { renewCustomers } from "#server/sync/queries.ts";
import { adminQuery } from "#tests/database.ts";
import { callerFor, makeAccount, makeCustomer, makeMember, makePartner } from "#tests/factories.ts";

test("a name and a place that the next synchronisation takes back are told; a name to show stays", async () => {
  const partnerId = await makePartner();
  const member = await makeMember({ partnerId });
  const [vendors, left, own] = await Promise.all(
    ["vendor", "vendor", "import"].map((origin, at) =>
      makeCustomer({ partnerId, origin, name: `Ditta ${at}`, externalId: `C-${at}` }),
    ),
  );
  if (!vendors || !left || !own) throw new Error("no customer was made");
  for (const customer of [vendors, own]) await makeAccount(customer);
  // The account of this one went elsewhere: nobody renews its record any more.
  await makeAccount(left, { linkState: "not_linked" });
  const lines = ["External ID;Name;Name shown as;Country"];
  for (const at of [0, 1, 2]) lines.push(`C-${at};Neu ${at};${at === 0 ? "Gezeigt" : ""};Italy`);
  const content = Buffer.from(lines.join("\n"));
  const file = { createdBy: member.membershipId, fileName: "x.csv", content };
  const reading = await readFile(content);
  const importId = await withScope({ partnerId }, "read write", (db) =>
    insertImport(db, partnerId, { ...reading, ...file }),
  );
  const preview = async () => {
    const api = await callerFor(member);
    return (await api.imports.preview({ importId })).rows.map(({ changes, resets }) => ({ changes, resets }));
  };
  expect(await preview()).toEqual([
    { changes: ["name", "nameShown", "country"], resets: ["name", "country"] },
    { changes: ["name", "nameShown", "country"], resets: [] },
    { changes: ["name", "nameShown", "country"], resets: [] },
  ]);

  await adminQuery("update customer_import set state = 'queued' where id = $1", [importId]);
  await runImport({ partnerId, importId }, new AbortController().signal);
  const told = [vendors, own].map(({ id }, at) => ({
    customerId: id,
    externalId: id,
    name: `Ditta ${at * 2}`,
    domain: null,
    country: null,
    region: null,
    externalIds: [],
    contacts: [],
    address: null,
    billing: "term" as const,
  }));
  await withScope(
    { partnerId },
    "read write",
    (db) => renewCustomers(db, partnerId, told, new Date()),
    "worker",
  );
  expect(
    await adminQuery(
      "select name, name_shown, country from customer where partner_id = $1 and external_id like 'C-%' order by external_id",
      [partnerId],
    ),
  ).toEqual([
    { name: "Ditta 0", name_shown: "Gezeigt", country: null },
    { name: "Neu 1", name_shown: "Neu 1", country: "IT" },
    { name: "Neu 2", name_shown: "Neu 2", country: "IT" },
  ]);
});

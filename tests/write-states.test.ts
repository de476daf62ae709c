// How a chosen name stands at its vendor, as the contact panel says it. No vendor of the demo takes names, so none is in its pages.
import { randomUUID } from "node:crypto";
import { createElement } from "react";
import { expect, test } from "vitest";
import { WriteStates } from "#components/contact-panel/write-states.tsx";
import type { Language } from "#locales/languages.ts";
import { resources } from "#locales/resources.ts";
import { VendorError } from "#server/http/errors.ts";
import { sendRename } from "#server/jobs/rename.ts";
import { rename } from "#server/renames/handler.ts";
import { seal } from "#server/secrets/seal.ts";
import type { Connector } from "#server/sync/snapshot.ts";
import { adminQuery } from "#tests/database.ts";
import { callerFor, makeAccount, makeConnection, makeCustomer, makeMember } from "#tests/factories.ts";
import { formOf } from "#tests/forms.ts";
import { markupOf, textOf } from "#tests/markup.ts";

const { send, answer } = formOf(rename, "renames");
const said = (text: string) => text.replaceAll("{{vendor}}", "Sophos Central").split("{{")[0] ?? "";

test("it waits, is refused with the reason, is sent again, and is told as sent and as shown there", async () => {
  const member = await makeMember();
  const reader = await makeMember({ partnerId: member.partnerId, role: "readOnly" });
  const { partnerId } = member;
  const id = randomUUID();
  const place = { table: "connection", column: "secret", row: id };
  const secret = seal(
    JSON.stringify({ clientId: "c", clientSecret: "s" }),
    process.env["KEY_PUBLIC"] ?? "",
    place,
  );
  await makeConnection({ partnerId, id, secret });
  const customer = await makeCustomer({ partnerId, name: "Alt" });
  const account = await makeAccount(customer, { connectionId: id, name: "Alt" });
  let refusal: VendorError | undefined;
  const vendor = {
    vendor: "sophos",
    rename: async () => {
      if (refusal) throw refusal;
    },
  } as unknown as Connector;
  const job = async () => {
    const [row] = await adminQuery<{ id: string }>(
      "select id from customer_rename where vendor_account_id = $1 order by number desc limit 1",
      [account.id],
    );
    const payload = { partnerId, renameId: row?.id ?? "", accountId: account.id };
    await sendRename(payload, new AbortController().signal, { sophos: vendor });
  };
  const shown = async (lang: Language, who = member) => {
    const record = await (await callerFor(who)).records.byCustomer({ customerId: customer.id });
    const returnTo = `/${lang}/customers?panel=${customer.id}`;
    const { membershipId } = who;
    const markup = await markupOf(createElement(WriteStates, { record, lang, membershipId, returnTo }));
    const [, state] = /data-write="(\w+)"/.exec(markup) ?? [];
    return { state, text: textOf(markup), mayRetry: markup.includes("<form") };
  };

  expect(await answer(member, customer, { act: "rename", name: "Neu", seen: "Alt" })).toBe("200");
  const { en, it, fr } = resources;
  const waiting = await shown("en");
  expect(waiting).toMatchObject({ state: "waiting", mayRetry: false });
  expect(waiting.text).toContain(said(en.customer.write.waiting));
  expect(waiting.text).toContain(`${said(en.customer.write.vendorName)} Alt`);

  refusal = new VendorError("vendor.throttled", "PATCH v.example/t", { retryAfterSeconds: 900 });
  await job();
  const again = await shown("it");
  expect(again).toMatchObject({ state: "waiting", mayRetry: false });
  expect(again.text).toContain(it.errors.vendor.throttled.message);
  expect(again.text).toContain(said(it.customer.write.again));

  refusal = new VendorError("vendor.forbidden", "no right <b>to rename</b>");
  await job();
  const refused = await shown("fr");
  expect(refused).toMatchObject({ state: "refused", mayRetry: true });
  for (const text of [
    said(fr.customer.write.refused),
    fr.errors.vendor.forbidden.message,
    fr.errors.vendor.forbidden.advice,
    "no right <b>to rename</b>",
    fr.customer.write.retry,
  ])
    expect(refused.text).toContain(text);
  expect((await shown("fr", reader)).mayRetry).toBe(false);

  const page = `/it/customers?panel=${customer.id}`;
  const retried = { act: "retry", accountId: account.id, return: page };
  expect((await send(member, customer, retried, true)).headers.get("location")).toBe(`${page}&saved=retry`);
  expect(await shown("it")).toMatchObject({ state: "waiting", mayRetry: false });
  refusal = undefined;
  await job();
  const sent = await shown("en");
  expect(sent.state).toBe("sent");
  expect(sent.text).toContain(said(en.customer.write.sent));

  await adminQuery("update vendor_account set name = 'Neu' where id = $1", [account.id]);
  const same = await shown("it");
  expect(same).toMatchObject({ state: "same", mayRetry: false });
  expect(same.text).toContain(said(it.customer.write.same));
});

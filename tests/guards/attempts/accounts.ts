import type { MakeAttempts } from "#tests/guards/attempts.ts";
import { adminQuery } from "#tests/database.ts";

export const attempts: MakeAttempts = async (a) => {
  const id = crypto.randomUUID();
  await adminQuery("insert into monthly_account (partner_id, id, created_by) values ($1, $2, $3)", [
    a.partnerId,
    id,
    crypto.randomUUID(),
  ]);
  const ofCustomer = {
    own: { customerId: a.id },
    unknown: { customerId: crypto.randomUUID() },
    answer: "NOT_FOUND customer.notFound",
  };
  return {
    "monthlyAccounts.offer": { own: {}, unknown: {}, answer: "OK" },
    "monthlyAccounts.wizard": { own: {}, unknown: {}, answer: "OK" },
    "monthlyAccounts.byId": {
      own: { id },
      unknown: { id: crypto.randomUUID() },
      answer: "NOT_FOUND monthly.notFound",
    },
    "trials.byCustomer": ofCustomer,
    "unlinks.subject": ofCustomer,
    "unlinks.byCustomer": ofCustomer,
    "disconnects.byCustomer": ofCustomer,
    "disconnects.list": { own: {}, unknown: {}, answer: "OK" },
  };
};

import { makeGroup } from "#tests/factories.ts";
import type { MakeAttempts } from "#tests/guards/attempts.ts";

/** Home and pins. */
export const attempts: MakeAttempts = async (a) => {
  const { id: groupId } = await makeGroup({ partnerId: a.partnerId, customers: [a.id] });
  const ofCustomer = {
    own: { customerId: a.id },
    unknown: { customerId: crypto.randomUUID() },
    answer: "NOT_FOUND customer.notFound",
  };
  return {
    "home.queue": { own: { group: groupId }, unknown: { group: crypto.randomUUID() }, answer: "OK" },
    "home.people": ofCustomer,
    "pins.rows": { own: { changed: a.id }, unknown: { changed: crypto.randomUUID() }, answer: "OK" },
    "pins.list": { own: {}, unknown: {}, answer: "OK" },
    "pins.pin": ofCustomer,
    "pins.unpin": ofCustomer,
  };
};

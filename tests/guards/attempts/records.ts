import type { MakeAttempts } from "#tests/guards/attempts.ts";

export const attempts: MakeAttempts = async (a) => {
  const ofCustomer = {
    own: { customerId: a.id },
    unknown: { customerId: crypto.randomUUID() },
    answer: "NOT_FOUND customer.notFound",
  };
  return {
    "records.byCustomer": ofCustomer,
    "records.editor": ofCustomer,
    // Lenient: nothing is there for the stranger, in both cases.
    "records.listed": { own: { panel: a.id }, unknown: { panel: crypto.randomUUID() }, answer: "OK" },
  };
};

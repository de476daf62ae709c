import type { MakeAttempts } from "#tests/guards/attempts.ts";

/** Settings of status and living with a warning. */
export const attempts: MakeAttempts = async (a) => {
  const everything = { own: {}, unknown: {}, answer: "OK" };
  return {
    "settings.thresholds": everything,
    "settings.windows": { own: { customer: a.id }, unknown: { customer: "x" }, answer: "OK" },
    "settings.denied": everything,
    "warnings.byCustomer": {
      own: { customerId: a.id },
      unknown: { customerId: crypto.randomUUID() },
      answer: "NOT_FOUND customer.notFound",
    },
  };
};

import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** Identity providers: a partner's own and a customer's. */
export const calls: QueryCalls = ({ customer }) => {
  const { partnerId, id: customerId } = customer;
  const id = crypto.randomUUID();
  const partners = { partnerId, customerId: null };
  const customers = { partnerId, customerId };
  const row = { id, name: "Login", issuer: "https://login.example.com", clientId: "b", secret: null };
  return {
    "sign-in-providers.listProviders": { role: "web", given: [[partners], [customers]] },
    "sign-in-providers.findProvider": { role: "web", given: [[partners, id]] },
    "sign-in-providers.insertProvider": { role: "web", given: [[partners, row]] },
    "sign-in-providers.updateProvider": {
      role: "web",
      given: [
        [partners, id, { isEnabled: false }],
        [customers, id, { secret: Buffer.from("boxed") }],
      ],
    },
    "sign-in-providers.deleteProvider": { role: "web", given: [[customers, id]] },
  };
};

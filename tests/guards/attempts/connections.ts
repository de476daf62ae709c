import type { MakeAttempts } from "#tests/guards/attempts.ts";
import { makeConnection } from "#tests/factories.ts";

/** Connections: the partner's own, and those of a customer, which its admin asks for with the customer's id. */
export const attempts: MakeAttempts = async ({ id, partnerId }) => {
  const { id: connectionId } = await makeConnection({ partnerId, customerId: id });
  const nobody = crypto.randomUUID();
  const foreign = { customerId: id, connectionId };
  const unknown = { customerId: nobody, connectionId: nobody };
  return {
    "connections.list": { own: {}, unknown: {}, answer: "OK" },
    "connections.byId": {
      own: { connectionId },
      unknown: { connectionId: nobody },
      answer: "NOT_FOUND connection.notFound",
    },
    "connections.newOptions": { own: {}, unknown: {}, answer: "OK" },
    // These are a customer's admin's, whoever the customer is.
    "connections.listOwn": {
      own: { customerId: id },
      unknown: { customerId: nobody },
      answer: "FORBIDDEN permission.denied",
    },
    "connections.ownById": { own: foreign, unknown, answer: "FORBIDDEN permission.denied" },
    "connections.newOwnOptions": {
      own: { customerId: id },
      unknown: { customerId: nobody },
      answer: "FORBIDDEN permission.denied",
    },
  };
};

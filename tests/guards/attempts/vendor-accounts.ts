import { makeAccount } from "#tests/factories.ts";
import type { MakeAttempts } from "#tests/guards/attempts.ts";

export const attempts: MakeAttempts = async (a) => {
  const { id: accountId } = await makeAccount(a);
  const id = crypto.randomUUID();
  const ofAccount = (more: object = {}) => ({
    own: { accountId, ...more },
    unknown: { accountId: id, ...more },
    answer: "NOT_FOUND account.notFound",
  });
  return {
    "vendorAccounts.list": { own: {}, unknown: {}, answer: "OK" },
    "vendorAccounts.byId": ofAccount(),
    "vendorAccounts.link": {
      own: { accountId, toCustomerId: a.id },
      unknown: { accountId: id, toCustomerId: id },
      answer: "NOT_FOUND customer.notFound",
    },
    "vendorAccounts.split": ofAccount(),
    "vendorAccounts.merge": {
      own: { fromCustomerId: a.id, intoCustomerId: id, word: "yes" },
      unknown: { fromCustomerId: id, intoCustomerId: crypto.randomUUID(), word: "yes" },
      answer: "NOT_FOUND customer.notFound",
    },
    "vendorAccounts.unlink": ofAccount(),
    "vendorAccounts.cancelUnlink": ofAccount(),
    "vendorAccounts.setAside": ofAccount({ isSetAside: true }),
  };
};

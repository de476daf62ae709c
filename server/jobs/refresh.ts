// The job that computes a customer's overview anew after a change that people made: web may not write it.
import { withScope } from "#db/client.ts";
import { refreshOverview } from "#server/overview/service.ts";

export type RefreshJob = { partnerId: string; customerId: string };

/** A customer that is gone meanwhile is nothing to do. */
export const refreshCustomer = ({ partnerId, customerId }: RefreshJob): Promise<void> =>
  withScope(
    { partnerId },
    "read write",
    (db) => refreshOverview(db, partnerId, [customerId], new Date()),
    "worker",
  );

// One transaction of the worker in the scope of one partner.
import { withScope } from "#db/client.ts";

export const scoped = <T>(partnerId: string, work: Parameters<typeof withScope<T>>[2]) =>
  withScope({ partnerId }, "read write", work, "worker");

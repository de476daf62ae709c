// The browser's way to the procedures, for what a person does or watches after the first paint.
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import type { AppRouter } from "#server/router.ts";

/** `membershipId`: the membership that the page was shown for; a change in another one is refused (409). */
export const trpcFor = (membershipId: string) =>
  createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: "/api/trpc", headers: { "x-membership": membershipId } })],
  });

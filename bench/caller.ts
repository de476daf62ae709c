// Calls procedures as a person would, without HTTP: with permission, scope, transaction and checked output.
import type { Actor } from "#server/permissions.ts";
import { appRouter } from "#server/router.ts";
import { createCallerFactory } from "#server/trpc.ts";
import type { FilledPartner } from "./fill.ts";

export function actorOf(partner: FilledPartner, isLimited = false): Actor {
  return {
    userId: partner.userId,
    email: "bench@belvedere.example",
    name: "Bench",
    language: "en",
    timeZone: "Europe/Rome",
    membershipId: isLimited ? partner.limitedMembershipId : partner.membershipId,
    role: isLimited ? "helpDesk" : "superAdmin",
    partnerId: partner.id,
    partnerName: "Bench",
    customerId: null,
    memberAll: !isLimited,
    address: "127.0.0.1",
  };
}

export type Api = ReturnType<typeof callerOf>;

export const callerOf = (actor: Actor) =>
  createCallerFactory(appRouter)({
    session: { id: "bench", expiresAt: new Date(Date.now() + 86_400_000), actor, vouched: null },
    language: "en",
    supportId: "bench",
    path: null,
    expectedMembership: undefined,
  });

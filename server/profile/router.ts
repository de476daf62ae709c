// The public face of the profile: what a person may see of their own account.
import { z } from "zod";
import { describeTicket } from "#server/auth/provider-start.ts";
import type { SessionRow } from "#server/auth/sessions.ts";
import { AppError } from "#server/errors.ts";
import { procedure, router } from "#server/trpc.ts";
import { NewCodes, Profile, Ticket, TicketDetails } from "./schema.ts";
import { getProfile, openCodes } from "./service.ts";

/** An account is a person's: what has no session, such as a token, has none. */
function required(session: SessionRow | null): SessionRow {
  if (!session) throw new AppError("auth.required");
  return session;
}

export const profileRouter = router({
  get: procedure("account:self")
    .input(z.strictObject({}).optional())
    .output(Profile)
    .query(({ ctx }) => getProfile(required(ctx.session))),
  /** The recovery codes that were just made, from the sealed cookie of the person's browser. */
  newCodes: procedure("account:self")
    .input(NewCodes.strict())
    .output(z.array(z.string()).nullable())
    .query(({ ctx, input }) => openCodes(required(ctx.session), input.sealed)),
  ticket: procedure("account:self")
    .input(Ticket.strict())
    .output(TicketDetails)
    .query(async ({ input }) => (await describeTicket(input.ticket)) ?? null),
});

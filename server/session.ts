// Who is signed in, for the shell and the pages; not a security boundary: procedures decide.
import "server-only";
import { redirect } from "next/navigation";
import { listMemberships } from "./auth/sessions.ts";
import { requestContext, signInPath } from "./caller.ts";
import type { Actor } from "./permissions.ts";

/** The actor of this request; leads to sign-in when there is none. */
export async function requireActor(): Promise<Actor> {
  const context = await requestContext();
  return context.session?.actor ?? redirect(signInPath(context));
}

/** What the shell shows of the person and their memberships; null when nobody is signed in. */
export async function getShellActor() {
  const { session } = await requestContext();
  if (!session) return null;
  const { actor, vouched } = session;
  const memberships = await listMemberships(actor.userId, vouched);
  return {
    name: actor.name,
    email: actor.email,
    activeMembershipId: actor.membershipId,
    memberships: memberships.map(({ customerName, ...membership }) => ({
      ...membership,
      ...(customerName !== null && { customerName }),
    })),
  };
}

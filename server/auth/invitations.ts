// Invitations: a link that lets a person set their first password, once, within a week.
import { asSystem, type SystemDb, withScope } from "#db/client.ts";
import { appendAudit } from "#server/audit/append.ts";
import { AppError } from "#server/errors.ts";
import { passwordProblem } from "./password-rules.ts";
import { hashPassword } from "./passwords.ts";
import { hashToken, newToken } from "./sessions.ts";

const DAYS = 7;

/** A new invitation: the token for the link, and what is stored of it. */
export function newInvitation(): { token: string; tokenHash: Buffer; expiresAt: Date } {
  const token = newToken();
  return { token, tokenHash: hashToken(token), expiresAt: new Date(Date.now() + DAYS * 86_400_000) };
}

const openInvitation = (db: SystemDb, token: string) =>
  db
    .selectFrom("invitation as i")
    .innerJoin("user as u", "u.id", "i.userId")
    .where("i.tokenHash", "=", hashToken(token))
    .where("i.usedAt", "is", null)
    .where("i.expiresAt", ">", new Date())
    .where("u.disabledAt", "is", null)
    // Whoever has a password already is asked for it: an invitation never replaces one.
    .where("u.passwordHash", "is", null)
    .select(["u.id", "u.email", "u.name"]);

/** Whom a link invites; undefined when it is unknown, used or over. */
export const findInvitation = (token: string): Promise<{ email: string; name: string } | undefined> =>
  asSystem("an invited person has no session yet", (db) => openInvitation(db, token).executeTakeFirst());

/**
 * Sets the first password of the person whom the link invites, and uses the link up, with all others of theirs. Throws
 * invitation.invalid, or what is wrong with the password; then the link stays good.
 */
export async function acceptInvitation(
  token: string,
  password: string,
  address: string,
): Promise<{ id: string; email: string }> {
  const user = await asSystem("an invited person has no session yet", (db) =>
    openInvitation(db, token).executeTakeFirst(),
  );
  if (!user) throw new AppError("invitation.invalid");
  const problem = passwordProblem(password, user);
  if (problem) throw new AppError(problem);
  const passwordHash = await hashPassword(password);
  const memberships = await asSystem("an invited person has no session yet", (db) =>
    db
      .selectFrom("membership")
      .where("userId", "=", user.id)
      .where("disabledAt", "is", null)
      .select(["id", "partnerId", "customerId"])
      .orderBy("createdAt")
      .execute(),
  );
  const [first] = memberships;
  if (!first) throw new AppError("invitation.invalid");
  await withScope(
    { partnerId: first.partnerId },
    "read write",
    async (db) => {
      const used = await db
        .updateTable("invitation")
        .set({ usedAt: new Date() })
        .where("userId", "=", user.id)
        .where("usedAt", "is", null)
        .returning("tokenHash")
        .execute();
      const wanted = hashToken(token);
      const set = await db
        .updateTable("user")
        .set({ passwordHash })
        .where("id", "=", user.id)
        .where("passwordHash", "is", null)
        .executeTakeFirst();
      if (!used.some(({ tokenHash }) => tokenHash.equals(wanted)) || set.numUpdatedRows === 0n)
        throw new AppError("invitation.invalid");
      await appendAudit(
        db,
        { job: "invitation" },
        {
          action: "auth:acceptInvitation",
          entity: `user ${user.id}`,
          customerId: first.customerId,
          detail: { address },
        },
      );
    },
    "signin",
  );
  return { id: user.id, email: user.email };
}

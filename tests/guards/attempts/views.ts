import type { MakeAttempts } from "#tests/guards/attempts.ts";
import { adminQuery } from "#tests/database.ts";
import { makeMember } from "#tests/factories.ts";

/** Another partner's view, even a shared one, is no view: the answer is the same as for one that nobody has. */
export const attempts: MakeAttempts = async (a) => {
  const { membershipId } = await makeMember({ partnerId: a.partnerId });
  const [view] = await adminQuery<{ id: string }>(
    "insert into saved_view (partner_id, membership_id, owner_name, name, query, is_shared) values ($1, $2, 'x', 'x', '', true) returning id",
    [a.partnerId, membershipId],
  );
  return {
    "views.list": { own: { shown: "" }, unknown: { shown: "" }, answer: "OK" },
    "views.open": { own: { id: view?.id }, unknown: { id: crypto.randomUUID() }, answer: "OK" },
  };
};

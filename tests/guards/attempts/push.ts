import { adminQuery } from "#tests/database.ts";
import { makeConnection, makeMember } from "#tests/factories.ts";
import type { MakeAttempts } from "#tests/guards/attempts.ts";

/** API tokens and what they push into: the lists are one's own partner's, whatever A has. */
export const attempts: MakeAttempts = async ({ partnerId }) => {
  const { membershipId } = await makeMember({ partnerId });
  await makeConnection({ partnerId, vendor: "push", name: "Segreto RMM" });
  await adminQuery(
    "insert into api_token (partner_id, membership_id, name, token_hash, permissions, expires_at) values ($1, $2, 'Segreto', sha256('segreto'), '{customer:list}', now() + interval '1 day')",
    [partnerId, membershipId],
  );
  const everything = { own: {}, unknown: {}, answer: "OK" };
  return {
    "apiDocs.document": everything,
    "tokens.list": everything,
    "tokens.options": everything,
  };
};

// The matches that the search field and the command palette show while one types.
import { AppError } from "#server/errors.ts";
import { route } from "#server/route.ts";
import { listMatches } from "./queries.ts";
import { MOST_MATCHES, SearchInput } from "./schema.ts";
import { findCustomers } from "./service.ts";

/** `GET /api/search?q=`: the best matches in the actor's scope, best first; nothing typed matches nobody. */
export const searchHandler = route("customer:list", "read only", async ({ request, db, actor }) => {
  const query = SearchInput.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) throw new AppError("request.invalid");
  const q = query.data.q.replaceAll("\0", "").toWellFormed();
  const ids = await findCustomers(db, actor, q, MOST_MATCHES);
  return Response.json(
    { matches: await listMatches(db, actor.partnerId, ids) },
    { headers: { "cache-control": "no-store" } },
  );
});

// Finding customers as one reader: among those of their scope where these are few.
import type { ScopedDb } from "#db/client.ts";
import { everyIdOf, FEW_CUSTOMERS, findScope } from "#server/customers/queries-scope.ts";
import type { Actor } from "#server/permissions.ts";
import { SEARCH_LIMIT, searchCustomers } from "./queries.ts";

/** Ids of the at most `most` best matches in the actor's scope, best first. */
export async function findCustomers(
  db: ScopedDb,
  actor: Actor,
  query: string,
  most: number = SEARCH_LIMIT,
): Promise<string[]> {
  const scope = everyIdOf(await findScope(db, actor));
  return searchCustomers(db, query, most, scope && scope.length <= FEW_CUSTOMERS ? scope : null);
}

// Asks the database, as the roles of the web process, whether it answers and is migrated.
import { asSystem, withScope } from "#db/client.ts";

/** The nil partner, which no row has. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** True when both roles read the newest tables; throws what the database answers otherwise. */
export async function isDatabaseReady(): Promise<boolean> {
  await withScope({ partnerId: NOBODY }, "read only", (db) =>
    db.selectFrom("customerImport").where("partnerId", "=", NOBODY).select("id").limit(1).execute(),
  );
  await asSystem("readiness is nobody's", (db) => db.selectFrom("session").select("id").limit(1).execute());
  return true;
}

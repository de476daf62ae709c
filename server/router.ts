// Every procedure of the portal, one line per noun.
import { customersRouter } from "./customers/router.ts";
import { importsRouter } from "./imports/router.ts";
import { syncRouter } from "./sync/router.ts";
import { router } from "./trpc.ts";

export const appRouter = router({
  customers: customersRouter,
  imports: importsRouter,
  sync: syncRouter,
});
export type AppRouter = typeof appRouter;

// Every procedure of the portal, one line per noun.
import { connectionsRouter } from "./connections/router.ts";
import { apiDocsRouter } from "./api-docs/router.ts";
import { bulkRouter } from "./bulk/router.ts";
import { disconnectsRouter } from "./disconnects/router.ts";
import { customersRouter } from "./customers/router.ts";
import { homeRouter } from "./home/router.ts";
import { groupsRouter } from "./groups/router.ts";
import { importsRouter } from "./imports/router.ts";
import { monthlyAccountsRouter } from "./monthly-accounts/router.ts";
import { pinsRouter } from "./pins/router.ts";
import { preferencesRouter } from "./preferences/router.ts";
import { profileRouter } from "./profile/router.ts";
import { recordsRouter } from "./records/router.ts";
import { settingsRouter } from "./settings/router.ts";
import { signInProvidersRouter } from "./sign-in-providers/router.ts";
import { syncRouter } from "./sync/router.ts";
import { tokensRouter } from "./tokens/router.ts";
import { trialsRouter } from "./trials/router.ts";
import { router } from "./trpc.ts";
import { undoRouter } from "./undo/router.ts";
import { unlinksRouter } from "./unlinks/router.ts";
import { vendorAccountsRouter } from "./vendor-accounts/router.ts";
import { viewsRouter } from "./views/router.ts";
import { warningsRouter } from "./warnings/router.ts";

export const appRouter = router({
  connections: connectionsRouter,
  apiDocs: apiDocsRouter,
  bulk: bulkRouter,
  customers: customersRouter,
  disconnects: disconnectsRouter,
  home: homeRouter,
  groups: groupsRouter,
  imports: importsRouter,
  monthlyAccounts: monthlyAccountsRouter,
  pins: pinsRouter,
  preferences: preferencesRouter,
  profile: profileRouter,
  records: recordsRouter,
  settings: settingsRouter,
  signInProviders: signInProvidersRouter,
  sync: syncRouter,
  tokens: tokensRouter,
  trials: trialsRouter,
  undo: undoRouter,
  unlinks: unlinksRouter,
  vendorAccounts: vendorAccountsRouter,
  views: viewsRouter,
  warnings: warningsRouter,
});

// Every procedure of the portal, one line per noun.
import { connectionsRouter } from "./connections/router.ts";
import { apiDocsRouter } from "./api-docs/router.ts";
import { customersRouter } from "./customers/router.ts";
import { importsRouter } from "./imports/router.ts";
import { profileRouter } from "./profile/router.ts";
import { settingsRouter } from "./settings/router.ts";
import { signInProvidersRouter } from "./sign-in-providers/router.ts";
import { syncRouter } from "./sync/router.ts";
import { tokensRouter } from "./tokens/router.ts";
import { router } from "./trpc.ts";
import { vendorAccountsRouter } from "./vendor-accounts/router.ts";
import { warningsRouter } from "./warnings/router.ts";

export const appRouter = router({
  connections: connectionsRouter,
  apiDocs: apiDocsRouter,
  customers: customersRouter,
  imports: importsRouter,
  profile: profileRouter,
  settings: settingsRouter,
  signInProviders: signInProvidersRouter,
  sync: syncRouter,
  tokens: tokensRouter,
  vendorAccounts: vendorAccountsRouter,
  warnings: warningsRouter,
});

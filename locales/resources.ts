// Every text of the portal by language and namespace; English is the shape that the compiler holds the others to.
import enAccount from "./en/account.json" with { type: "json" };
import enAccounts from "./en/accounts.json" with { type: "json" };
import enApiDocs from "./en/api-docs.json" with { type: "json" };
import enAuth from "./en/auth.json" with { type: "json" };
import enBulk from "./en/bulk.json" with { type: "json" };
import enCommon from "./en/common.json" with { type: "json" };
import enConnection from "./en/connection.json" with { type: "json" };
import enConnections from "./en/connections.json" with { type: "json" };
import enCustomer from "./en/customer.json" with { type: "json" };
import enCustomers from "./en/customers.json" with { type: "json" };
import enErrors from "./en/errors.json" with { type: "json" };
import enExports from "./en/exports.json" with { type: "json" };
import enFailure from "./en/failure.json" with { type: "json" };
import enGroup from "./en/group.json" with { type: "json" };
import enGroups from "./en/groups.json" with { type: "json" };
import enHelp from "./en/help.json" with { type: "json" };
import enHome from "./en/home.json" with { type: "json" };
import enImports from "./en/imports.json" with { type: "json" };
import enProfile from "./en/profile.json" with { type: "json" };
import enSettings from "./en/settings.json" with { type: "json" };
import enSignInProviders from "./en/sign-in-providers.json" with { type: "json" };
import enStatus from "./en/status.json" with { type: "json" };
import enSync from "./en/sync.json" with { type: "json" };
import enTokens from "./en/tokens.json" with { type: "json" };
import enVendorAccounts from "./en/vendor-accounts.json" with { type: "json" };
import enPalette from "./en/palette.json" with { type: "json" };
import enViews from "./en/views.json" with { type: "json" };
import enWarnings from "./en/warnings.json" with { type: "json" };
import frAccount from "./fr/account.json" with { type: "json" };
import frAccounts from "./fr/accounts.json" with { type: "json" };
import frApiDocs from "./fr/api-docs.json" with { type: "json" };
import frAuth from "./fr/auth.json" with { type: "json" };
import frBulk from "./fr/bulk.json" with { type: "json" };
import frCommon from "./fr/common.json" with { type: "json" };
import frConnection from "./fr/connection.json" with { type: "json" };
import frConnections from "./fr/connections.json" with { type: "json" };
import frCustomer from "./fr/customer.json" with { type: "json" };
import frCustomers from "./fr/customers.json" with { type: "json" };
import frErrors from "./fr/errors.json" with { type: "json" };
import frExports from "./fr/exports.json" with { type: "json" };
import frFailure from "./fr/failure.json" with { type: "json" };
import frGroup from "./fr/group.json" with { type: "json" };
import frGroups from "./fr/groups.json" with { type: "json" };
import frHelp from "./fr/help.json" with { type: "json" };
import frHome from "./fr/home.json" with { type: "json" };
import frImports from "./fr/imports.json" with { type: "json" };
import frProfile from "./fr/profile.json" with { type: "json" };
import frSettings from "./fr/settings.json" with { type: "json" };
import frSignInProviders from "./fr/sign-in-providers.json" with { type: "json" };
import frStatus from "./fr/status.json" with { type: "json" };
import frSync from "./fr/sync.json" with { type: "json" };
import frTokens from "./fr/tokens.json" with { type: "json" };
import frVendorAccounts from "./fr/vendor-accounts.json" with { type: "json" };
import frPalette from "./fr/palette.json" with { type: "json" };
import frViews from "./fr/views.json" with { type: "json" };
import frWarnings from "./fr/warnings.json" with { type: "json" };
import itAccount from "./it/account.json" with { type: "json" };
import itAccounts from "./it/accounts.json" with { type: "json" };
import itApiDocs from "./it/api-docs.json" with { type: "json" };
import itAuth from "./it/auth.json" with { type: "json" };
import itBulk from "./it/bulk.json" with { type: "json" };
import itCommon from "./it/common.json" with { type: "json" };
import itConnection from "./it/connection.json" with { type: "json" };
import itConnections from "./it/connections.json" with { type: "json" };
import itCustomer from "./it/customer.json" with { type: "json" };
import itCustomers from "./it/customers.json" with { type: "json" };
import itErrors from "./it/errors.json" with { type: "json" };
import itExports from "./it/exports.json" with { type: "json" };
import itFailure from "./it/failure.json" with { type: "json" };
import itGroup from "./it/group.json" with { type: "json" };
import itGroups from "./it/groups.json" with { type: "json" };
import itHelp from "./it/help.json" with { type: "json" };
import itHome from "./it/home.json" with { type: "json" };
import itImports from "./it/imports.json" with { type: "json" };
import itProfile from "./it/profile.json" with { type: "json" };
import itSettings from "./it/settings.json" with { type: "json" };
import itSignInProviders from "./it/sign-in-providers.json" with { type: "json" };
import itStatus from "./it/status.json" with { type: "json" };
import itSync from "./it/sync.json" with { type: "json" };
import itTokens from "./it/tokens.json" with { type: "json" };
import itVendorAccounts from "./it/vendor-accounts.json" with { type: "json" };
import itPalette from "./it/palette.json" with { type: "json" };
import itViews from "./it/views.json" with { type: "json" };
import itWarnings from "./it/warnings.json" with { type: "json" };
import type { Language } from "./languages.ts";

const en = {
  account: enAccount,
  auth: enAuth,
  bulk: enBulk,
  common: enCommon,
  errors: enErrors,
  exports: enExports,
  failure: enFailure,
  status: enStatus,
  connection: enConnection,
  connections: enConnections,
  customer: enCustomer,
  customers: enCustomers,
  group: enGroup,
  groups: enGroups,
  help: enHelp,
  home: enHome,
  imports: enImports,
  profile: enProfile,
  settings: enSettings,
  signInProviders: enSignInProviders,
  sync: enSync,
  tokens: enTokens,
  accounts: enAccounts,
  "api-docs": enApiDocs,
  palette: enPalette,
  views: enViews,
  warnings: enWarnings,
  "vendor-accounts": enVendorAccounts,
};
const it = {
  account: itAccount,
  auth: itAuth,
  bulk: itBulk,
  common: itCommon,
  errors: itErrors,
  exports: itExports,
  failure: itFailure,
  status: itStatus,
  connection: itConnection,
  connections: itConnections,
  customer: itCustomer,
  customers: itCustomers,
  group: itGroup,
  groups: itGroups,
  help: itHelp,
  home: itHome,
  imports: itImports,
  profile: itProfile,
  settings: itSettings,
  signInProviders: itSignInProviders,
  sync: itSync,
  tokens: itTokens,
  accounts: itAccounts,
  "api-docs": itApiDocs,
  palette: itPalette,
  views: itViews,
  warnings: itWarnings,
  "vendor-accounts": itVendorAccounts,
};
const fr = {
  account: frAccount,
  auth: frAuth,
  bulk: frBulk,
  common: frCommon,
  errors: frErrors,
  exports: frExports,
  failure: frFailure,
  status: frStatus,
  connection: frConnection,
  connections: frConnections,
  customer: frCustomer,
  customers: frCustomers,
  group: frGroup,
  groups: frGroups,
  help: frHelp,
  home: frHome,
  imports: frImports,
  profile: frProfile,
  settings: frSettings,
  signInProviders: frSignInProviders,
  sync: frSync,
  tokens: frTokens,
  accounts: frAccounts,
  "api-docs": frApiDocs,
  palette: frPalette,
  views: frViews,
  warnings: frWarnings,
  "vendor-accounts": frVendorAccounts,
};

export type Resources = typeof en;
export type Namespace = keyof Resources;
export const resources = { en, it, fr } satisfies Record<Language, Resources>;

type Errors = Resources["errors"];
/** `unexpected` or `noun.problem`, as in `{"error":{"code":…}}`; an error nobody translated does not compile. */
export type ErrorCode = {
  [Noun in keyof Errors]: Errors[Noun] extends string ? Noun : `${Noun}.${keyof Errors[Noun] & string}`;
}[keyof Errors];

export const isErrorCode = (code: string): code is ErrorCode => findErrorEntry("en", code) !== undefined;

/** What went wrong and, where there is something to do about it, what to do. */
export function errorText(language: Language, code: ErrorCode): { message: string; advice?: string } {
  const entry = findErrorEntry(language, code) ?? resources[language].errors.unexpected;
  return typeof entry === "string" ? { message: entry } : entry;
}

type ErrorEntry = string | { message: string; advice: string };

function findErrorEntry(language: Language, code: string): ErrorEntry | undefined {
  const errors: Record<string, string | Record<string, ErrorEntry>> = resources[language].errors;
  const [noun = "", problem] = code.split(".", 2);
  const group = Object.hasOwn(errors, noun) ? errors[noun] : undefined;
  if (typeof group === "string" || group === undefined) return problem === undefined ? group : undefined;
  return problem !== undefined && Object.hasOwn(group, problem) ? group[problem] : undefined;
}

// Every text of the portal by language and namespace; English is the shape that the compiler holds the others to.
import enAuth from "./en/auth.json" with { type: "json" };
import enCommon from "./en/common.json" with { type: "json" };
import enCustomer from "./en/customer.json" with { type: "json" };
import enCustomers from "./en/customers.json" with { type: "json" };
import enErrors from "./en/errors.json" with { type: "json" };
import enFailure from "./en/failure.json" with { type: "json" };
import enHelp from "./en/help.json" with { type: "json" };
import enImports from "./en/imports.json" with { type: "json" };
import enStatus from "./en/status.json" with { type: "json" };
import enSync from "./en/sync.json" with { type: "json" };
import frAuth from "./fr/auth.json" with { type: "json" };
import frCommon from "./fr/common.json" with { type: "json" };
import frCustomer from "./fr/customer.json" with { type: "json" };
import frCustomers from "./fr/customers.json" with { type: "json" };
import frErrors from "./fr/errors.json" with { type: "json" };
import frFailure from "./fr/failure.json" with { type: "json" };
import frHelp from "./fr/help.json" with { type: "json" };
import frImports from "./fr/imports.json" with { type: "json" };
import frStatus from "./fr/status.json" with { type: "json" };
import frSync from "./fr/sync.json" with { type: "json" };
import itAuth from "./it/auth.json" with { type: "json" };
import itCommon from "./it/common.json" with { type: "json" };
import itCustomer from "./it/customer.json" with { type: "json" };
import itCustomers from "./it/customers.json" with { type: "json" };
import itErrors from "./it/errors.json" with { type: "json" };
import itFailure from "./it/failure.json" with { type: "json" };
import itHelp from "./it/help.json" with { type: "json" };
import itImports from "./it/imports.json" with { type: "json" };
import itStatus from "./it/status.json" with { type: "json" };
import itSync from "./it/sync.json" with { type: "json" };
import type { Language } from "./languages.ts";

const en = {
  auth: enAuth,
  common: enCommon,
  errors: enErrors,
  failure: enFailure,
  status: enStatus,
  customer: enCustomer,
  customers: enCustomers,
  help: enHelp,
  imports: enImports,
  sync: enSync,
};
const it = {
  auth: itAuth,
  common: itCommon,
  errors: itErrors,
  failure: itFailure,
  status: itStatus,
  customer: itCustomer,
  customers: itCustomers,
  help: itHelp,
  imports: itImports,
  sync: itSync,
};
const fr = {
  auth: frAuth,
  common: frCommon,
  errors: frErrors,
  failure: frFailure,
  status: frStatus,
  customer: frCustomer,
  customers: frCustomers,
  help: frHelp,
  imports: frImports,
  sync: frSync,
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

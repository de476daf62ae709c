import type { Language } from "#locales/languages.ts";
import type { Warnings } from "#server/warnings/schema.ts";

type Query = Record<string, string | string[] | undefined>;

/** What the parts of the customer's page about handling reasons are given. */
export type WarningView = {
  warnings: Warnings;
  customerId: string;
  /** The membership that the page was shown for. */
  membershipId: string;
  lang: Language;
  timeZone: string;
  /** The page's address: what became of a form, and what was typed where it was refused. */
  query: Query;
};

/** What a form of ours sent back: the first value of a field, or nothing. */
export const sentBack = ({ query }: WarningView, name: string): string | undefined => [query[name]].flat()[0];

/** Where the forms of a customer's reasons are sent. */
export const formAction = ({ customerId, lang, membershipId }: WarningView): string =>
  `/api/warnings/${customerId}?lang=${lang}&membership=${membershipId}`;

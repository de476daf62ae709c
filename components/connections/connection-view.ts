import type { Language } from "#locales/languages.ts";
import type { ConnectionDetails } from "#server/connections/schema.ts";

/** What every part of a connection's page needs. */
export type ConnectionView = {
  details: ConnectionDetails;
  lang: Language;
  timeZone: string;
  now: Date;
  /** Where the forms that change the connection are sent to, and what the address of the others says beside. */
  action: string;
  formQuery: string;
  /** A customer's admin looks at the customer's own. */
  isOwn: boolean;
};

/** The page of this connection. */
export const pageOf = ({ lang, details }: ConnectionView): string => `/${lang}/connections/${details.id}`;

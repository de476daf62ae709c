import type { Language } from "#locales/languages.ts";
import type { SyncOverview } from "#server/sync/schema.ts";

/** What the parts of the page of synchronisations share. */
export type PageView = {
  lang: Language;
  timeZone: string;
  membershipId: string;
  /** The page itself, where its forms lead back to. */
  returnTo: string;
  may: SyncOverview["may"] & { openConnections: boolean };
};

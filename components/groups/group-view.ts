import type { Language } from "#locales/languages.ts";
import type { GroupDetails } from "#server/groups/schema.ts";

export type Query = Record<string, string | string[] | undefined>;

/** What a form of ours sent back: the first value of a field, or nothing. */
export const typed = (query: Query, name: string): string | undefined => [query[name]].flat()[0];

/** The first value of every field, as a form would have sent them. */
export const fieldsIn = (query: Query): Record<string, string> =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => {
      const first = [value].flat()[0];
      return first === undefined ? [] : [[name, first]];
    }),
  );

export type GroupView = { group: GroupDetails; query: Query; lang: Language; membershipId: string };

/** Where a form of this group is sent to. */
export const actionOf = ({ group, lang, membershipId }: GroupView): string =>
  `/api/groups/${group.id}?lang=${lang}&membership=${membershipId}`;

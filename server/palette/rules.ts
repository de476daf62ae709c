// Which actions the command palette offers to whom.
import { type Language, languages } from "#locales/languages.ts";
import type { Resources } from "#locales/resources.ts";
import { type Actor, can, type Permission } from "#server/permissions.ts";
import type { Action } from "./schema.ts";

type Words = Resources["palette"]["action"];

const pages = [
  { path: "customers/import", word: "import", may: "customer:import" },
  { path: "customers/new", word: "monthlyAccount", may: "account:create" },
  { path: "groups", word: "group", may: "group:manage" },
  { path: "connections/new", word: "connection", may: "connection:manage" },
  { path: "help/figures", word: "figures", may: "customer:list" },
  { path: "profile", word: "profile", may: "account:self" },
] as const satisfies readonly { path: string; word: keyof Words; may: Permission }[];

/** What `actor` may start from anywhere, in the words of `lang`; `languageNames` as each language calls itself. */
export function actionsOf(
  actor: Actor,
  lang: Language,
  words: Words,
  languageNames: Record<Language, string>,
): Action[] {
  const syncAll: Action = {
    label: words.syncAll,
    post: `/api/sync?membership=${actor.membershipId}`,
    fields: { all: "1", return: `/${lang}/customers` },
  };
  return [
    ...(can(actor, "sync:startAll") ? [syncAll] : []),
    ...pages
      .filter(({ may }) => can(actor, may))
      .map(({ path, word }) => ({ label: words[word], href: `/${lang}/${path}` })),
    { label: words.themeLight, theme: "light" },
    { label: words.themeDark, theme: "dark" },
    { label: words.themeSystem, theme: "system" },
    ...languages
      .filter((language) => language !== lang)
      .map((language) => ({
        label: words.language.replace("{{name}}", languageNames[language]),
        language,
      })),
    { label: words.shortcuts, help: true },
    { label: words.signOut, post: "/api/logout", fields: { lang } },
  ];
}

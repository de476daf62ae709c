import type { Option, OptionGroup } from "#components/search/options.tsx";
import type { Action, PaletteContent } from "#server/palette/schema.ts";
import type { Match } from "#server/search/schema.ts";

export type Entry = Option & { run: Action };

/** Lower case without accents, as search compares. */
const plain = (text: string) => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();

/** The pages that the navigation shows to this person, in its own words. */
export const pagesShown = (): { label: string; href: string }[] =>
  [
    ...document.querySelectorAll<HTMLAnchorElement>(
      "#navigation nav[aria-label] ul > li > a[href]:not([hreflang])",
    ),
  ].map((link) => ({ label: link.textContent.trim(), href: link.getAttribute("href") ?? "" }));

/** What the palette offers for what was typed: customers first, then pages and actions whose words begin so. */
export function groupsFor(
  typed: string,
  matches: readonly Match[],
  { texts, actions }: PaletteContent,
  lang: string,
): OptionGroup<Entry>[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const isMeant = ({ label }: { label: string }) => {
    const parts = plain(label).split(/[^\p{L}\p{N}]+/u);
    return words.every((word) => parts.some((part) => part.startsWith(word)));
  };
  const groups: OptionGroup<Entry>[] = [
    {
      label: texts.customers,
      options: matches.map(({ id, name, domain }) => ({
        key: id,
        label: name,
        detail: domain ?? "",
        run: { label: name, href: `/${lang}/customers/${id}` },
      })),
    },
    {
      label: texts.pages,
      options: pagesShown()
        .filter(isMeant)
        .map((page) => ({ key: page.href, label: page.label, detail: "", run: page })),
    },
    {
      label: texts.actions,
      options: actions
        .filter(isMeant)
        .map((action) => ({ key: action.label, label: action.label, detail: "", run: action })),
    },
  ];
  return groups.filter(({ options }) => options.length > 0);
}

const YEAR_SECONDS = 31_536_000;

/** Light, dark, or as the system says: kept in a cookie, so that the next page is rendered in it. */
export function setTheme(theme: "light" | "dark" | "system"): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  document.cookie = `theme=${theme}; path=/; max-age=${theme === "system" ? 0 : YEAR_SECONDS}; samesite=lax`;
}

/** Sends a form of ours as a button on a page would. */
export function post(action: string, fields: Record<string, string>): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

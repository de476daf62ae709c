import type { Language } from "#locales/languages.ts";
import type { QueueInput, WorkQueue } from "#server/home/schema.ts";

/** What each part of Home is given. */
export type HomeView = {
  queue: WorkQueue;
  input: QueueInput;
  /** The membership that the page was shown for. */
  membershipId: string;
  lang: Language;
  timeZone: string;
};

type Address = { [Name in keyof QueueInput]?: QueueInput[Name] | undefined };

/** The address of Home with `changes`; every change but the next page begins at the first row. */
export function homeHref({ lang, input }: Pick<HomeView, "lang" | "input">, changes: Address = {}): string {
  const wanted: Address = { ...input, after: undefined, ...changes };
  const query = new URLSearchParams();
  if (wanted.of === "mine") query.set("of", "mine");
  for (const name of ["group", "kind", "after"] as const) {
    const value = wanted[name];
    if (value !== undefined) query.set(name, value);
  }
  const text = query.toString();
  return `/${lang}${text && `?${text}`}`;
}

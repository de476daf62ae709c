// What the command palette is told when it first opens: its words, and what the actor may start.
import type { Resources } from "#locales/resources.ts";

/** Go to a page, send a form, or do something in the browser alone. */
export type Action = { label: string } & (
  | { href: string }
  | { post: string; fields: Record<string, string> }
  | { theme: "light" | "dark" | "system" }
  | { language: string }
  | { help: true }
);
export type PaletteContent = {
  texts: Pick<
    Resources["palette"],
    | "label"
    | "placeholder"
    | "customers"
    | "pages"
    | "actions"
    | "none"
    | "searching"
    | "failed"
    | "close"
    | "hint"
    | "help"
  >;
  /** May look for customers. */
  maySearch: boolean;
  actions: Action[];
};

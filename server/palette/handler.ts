// What the command palette shows beside customers; read when it first opens, so that no page carries it.
import { isLanguage } from "#locales/languages.ts";
import { resources } from "#locales/resources.ts";
import { can } from "#server/permissions.ts";
import { route } from "#server/route.ts";
import { actionsOf } from "./rules.ts";
import type { PaletteContent } from "./schema.ts";

/** `GET /api/palette?lang=`: words and actions, in the language of the page. */
export const paletteHandler = route("account:self", "read only", async ({ request, actor, language }) => {
  const asked = new URL(request.url).searchParams.get("lang");
  const lang = isLanguage(asked) ? asked : language;
  const { palette, common } = resources[lang];
  const { label, placeholder, customers, pages, actions, none, searching, failed, close, hint, help } =
    palette;
  const content: PaletteContent = {
    texts: { label, placeholder, customers, pages, actions, none, searching, failed, close, hint, help },
    maySearch: can(actor, "customer:list"),
    actions: actionsOf(actor, lang, palette.action, common.language),
  };
  return Response.json(content, { headers: { "cache-control": "no-store" } });
});

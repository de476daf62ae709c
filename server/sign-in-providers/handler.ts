// The forms of identity providers, which work without scripts: making one, and changing one.
import { z } from "zod";
import type { Language } from "#locales/languages.ts";
import { AppError } from "#server/errors.ts";
import { backTo, languageIn, type Place, readForm, seeOther } from "#server/http/forms.ts";
import type { Actor } from "#server/permissions.ts";
import { route } from "#server/route.ts";
import { NewProvider, ProviderChange, type ProviderChange as Change } from "./schema.ts";
import { askNewProvider, askProvider, changeProvider, createProvider } from "./service.ts";

type Who = "partner:settings" | "team:manageOwn";
type PlaceOf = (fields: Record<string, string>, language: Language) => Place;

const list = (language: Language) => `/${language}/sign-in-providers`;

/** Back with what was typed, never the secret; a proof that is missing is asked for on the way. */
const refusedTo = (placeOf: PlaceOf) => (error: AppError, request: Request) => {
  if (error.code !== "auth.proofNeeded")
    return backTo((fields, _, language) => placeOf(fields, language))(error, request);
  return backTo((fields, _, language) => {
    const { path, query = {} } = placeOf(fields, language);
    const search = new URLSearchParams(query).toString();
    return { path: `/${language}/profile/prove`, query: { return: path + (search && `?${search}`) } };
  }, "reason")(error, request);
};

const create = (permission: Who) =>
  route(
    permission,
    "read write",
    async ({ request, body, language, ...ctx }) => {
      await createProvider(ctx, body.provider);
      if (!body.isForm)
        return Response.json(
          { id: body.provider.id },
          { status: 201, headers: { "cache-control": "no-store" } },
        );
      return seeOther({ path: list(languageIn(request, language)), query: { notice: "created" } });
    },
    refusedTo(({ draft = "", name = "", issuer = "", clientId = "" }, language) => ({
      path: `${list(language)}/new`,
      query: { draft, name, issuer, clientId },
    })),
    async (request: Request, actor: Actor) => {
      const { isForm, fields } = await readForm(request);
      const wish = NewProvider.safeParse(fields);
      if (!wish.success) throw new AppError("issuer.invalid");
      return { isForm, provider: await askNewProvider(actor, wish.data) };
    },
  );

/** `POST /api/sign-in-providers`, and `…/own` for a customer's admin. */
export const createForPartner = create("partner:settings");
export const createOwn = create("team:manageOwn");

const change = (permission: Who) =>
  route<{ id: string }, { isForm: boolean; id: string; wish: Change }>(
    permission,
    "read write",
    async ({ request, body: { isForm, id, wish }, language, ...ctx }) => {
      await changeProvider(ctx, id, wish);
      if (!isForm) return Response.json({ id }, { headers: { "cache-control": "no-store" } });
      return seeOther({ path: list(languageIn(request, language)), query: { notice: wish.action } });
    },
    refusedTo((_, language) => ({ path: list(language) })),
    async (request: Request, actor: Actor) => {
      const { isForm, fields } = await readForm(request);
      const id = z.uuid().safeParse(new URL(request.url).pathname.split("/").at(-1));
      if (!id.success) throw new AppError("issuer.notFound");
      const wish = ProviderChange.safeParse(fields);
      if (!wish.success) throw new AppError("request.invalid");
      if (wish.data.action === "test") await askProvider(actor, id.data);
      return { isForm, id: id.data, wish: wish.data };
    },
  );

/** `POST /api/sign-in-providers/{id}` with `action` and its fields, and `…/own/{id}` for a customer's admin. */
export const changeForPartner = change("partner:settings");
export const changeOwn = change("team:manageOwn");

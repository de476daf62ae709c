// The forms of connections, which work without scripts: making one, and changing one.
import { z } from "zod";
import type { Language } from "#locales/languages.ts";
import { findCustomerAccess } from "#server/access/queries.ts";
import { applyChange, createConnection } from "#server/connection/service.ts";
import { AppError } from "#server/errors.ts";
import { backTo, languageIn, type Place, readForm, seeOther } from "#server/http/forms.ts";
import { can, type Permission } from "#server/permissions.ts";
import { route } from "#server/route.ts";
import type { Guarded } from "#server/trpc.ts";
import { type Faults, faultsOf } from "./rules.ts";
import { ConnectionChange, NewConnection } from "./schema.ts";

type Params = { id: string };
const pageOf = (language: Language, id?: string) =>
  `/${language}/connections${id === undefined ? "" : `/${id}`}`;

/** `setting-…` and `limit-…` of a flat form as what the schemas take; an empty limit is none. */
function gather(fields: Record<string, unknown>): Record<string, unknown> {
  const prefixed = (prefix: string) =>
    Object.entries(fields).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
    );
  const rest = Object.entries(fields).filter(([name]) => !/^(setting|limit)-|^return$/.test(name));
  return {
    ...Object.fromEntries(rest),
    settings: Object.fromEntries(prefixed("setting-")),
    limits: prefixed("limit-").flatMap(([seconds, calls]) =>
      typeof calls === "string" && calls.trim() === "" ? [] : [{ seconds, calls }],
    ),
  };
}

/** Parses with a schema; what it refuses is request.invalid with the fault of each field. */
function parse<Shape extends z.ZodType>(shape: Shape, fields: Record<string, unknown>): z.output<Shape> {
  const parsed = shape.safeParse(fields);
  if (parsed.success) return parsed.data;
  const limits = fields["limits"] as { seconds: unknown }[] | undefined;
  // A limit's fault is told by its period, as its field is called.
  const faults = Object.entries(faultsOf(parsed.error.issues)).map(([name, fault]) => {
    const [, place] = /^limit-(\d+)$/.exec(name) ?? [];
    return [place === undefined ? name : `limit-${String(limits?.[Number(place)]?.seconds)}`, fault];
  });
  throw new AppError("request.invalid", { fields: Object.fromEntries(faults) as Faults });
}

/** A form goes back to its page with what was typed, never a secret, and with what is wrong (`wrong=name:fault,…`); by way of a proof that is missing. */
const isKept = (name: string) => /^(vendor|name|customerId|setting-[a-zA-Z]{1,40}|limit-\d{1,5})$/.test(name);
const refusedTo =
  (path: (language: Language, request: Request) => string) => (error: AppError, request: Request) => {
    const placeOf = (
      fields: Record<string, string>,
      _: Request,
      language: Language,
    ): Required<Omit<Place, "hash">> => {
      const kept = Object.entries(fields).filter(([name]) => isKept(name));
      const wrong = Object.entries(error.fields ?? {}).map(([name, fault]) => `${name}:${fault}`);
      const faults = wrong.length > 0 ? { wrong: wrong.join(",") } : {};
      return { path: path(language, request), query: { ...Object.fromEntries(kept), ...faults } };
    };
    if (error.code !== "auth.proofNeeded") return backTo(placeOf)(error, request);
    return backTo((fields, _, language) => {
      const { path: page, query } = placeOf(fields, _, language);
      const search = new URLSearchParams(query).toString();
      return { path: `/${language}/profile/prove`, query: { return: page + (search && `?${search}`) } };
    }, "reason")(error, request);
  };

/** The customer that a connection is for: one that the actor sees, and at which they may. */
async function checkCustomer(
  { db, actor }: Guarded,
  permission: Permission,
  customerId: string | null,
): Promise<string | null> {
  const id = actor.customerId ?? customerId;
  if (id === null) return null;
  const customer = await findCustomerAccess(db, actor.partnerId, id);
  if (!customer || (customerId !== null && customerId !== id)) throw new AppError("customer.notFound");
  if (!can(actor, permission, customer)) throw new AppError("customer.accessDisabled");
  return id;
}

const create = (permission: "connection:manage" | "connection:manageOwn") =>
  route(
    permission,
    "read write",
    async ({ request, db, actor, audit, language }) => {
      const { isForm, fields } = await readForm(request);
      const { customerId, ...rest } = gather(fields);
      const wish = parse(NewConnection, {
        ...rest,
        customerId: customerId === "" ? null : (customerId ?? null),
      });
      const ctx = { db, actor, audit };
      const of = await checkCustomer(ctx, permission, wish.customerId);
      const id = await createConnection(ctx, { ...wish, customerId: of }, new Date());
      if (!isForm) return Response.json({ id }, { status: 201, headers: { "cache-control": "no-store" } });
      return seeOther({ path: pageOf(languageIn(request, language), id), query: { notice: "created" } });
    },
    refusedTo((language) => `${pageOf(language)}/new`),
  );

/** `POST /api/connections`, and `…/own` for a customer's admin. */
export const createForPartner = create("connection:manage");
export const createOwn = create("connection:manageOwn");

const lastId = (request: Request) => new URL(request.url).pathname.split("/").at(-1) ?? "";
const requireId = ({ id }: Params): string => {
  if (!z.uuid().safeParse(id).success) throw new AppError("connection.notFound");
  return id;
};

const change = (permission: "connection:manage" | "connection:manageOwn") =>
  route<Params>(
    permission,
    "read write",
    async ({ request, params, db, actor, audit, language }) => {
      const id = requireId(params);
      const { isForm, fields } = await readForm(request);
      const { settings, limits, ...rest } = gather(fields);
      const edited = rest["action"] === "edit" ? { settings, limits } : {};
      const wish = parse(ConnectionChange, { ...rest, ...edited });
      const page = languageIn(request, language);
      await applyChange({ db, actor, audit }, id, wish, new Date());
      if (!isForm) return Response.json({ id }, { headers: { "cache-control": "no-store" } });
      return wish.action === "remove"
        ? seeOther({ path: pageOf(page), query: { notice: "removed" } })
        : seeOther({ path: pageOf(page, id), query: { notice: wish.action } });
    },
    refusedTo((language, request) => pageOf(language, lastId(request))),
  );

/** `POST /api/connections/{id}` with `action` and its fields, and `…/own/{id}` for a customer's admin. */
export const changeForPartner = change("connection:manage");
export const changeOwn = change("connection:manageOwn");

// The forms of groups, which work without scripts: each leads back to its page with what became of it.
import { z } from "zod";
import type { Language } from "#locales/languages.ts";
import { AppError } from "#server/errors.ts";
import { backTo, languageIn, type Place, readForm, seeOther } from "#server/http/forms.ts";
import { safeReturn } from "#server/http/incoming.ts";
import { isConfirmed } from "#server/http/typed-word.ts";
import { route } from "#server/route.ts";
import { packUndo } from "#server/undo/rules.ts";
import { readName } from "./rules.ts";
import { formOf, readRule, type Rule } from "./schema.ts";
import {
  addToGroup,
  countMeant,
  createGroup,
  removeFromGroup,
  removeGroup,
  renameGroup,
  setAdministrator,
  setRule,
} from "./service.ts";

type Fields = Readonly<Record<string, unknown>>;
const noStore = { "cache-control": "no-store" };
const textOf = (fields: Fields, name: string): string => {
  const value = fields[name];
  return typeof value === "string" ? value : "";
};

function requireName(fields: Fields): string {
  const name = readName(textOf(fields, "name"));
  if (name === undefined) throw new AppError("group.name");
  return name;
}
/** The rule of a form's fields, or the one a program sent as such. */
function requireRule(fields: Fields): Rule {
  const rule = readRule(fields);
  if (rule === undefined) throw new AppError("group.rule");
  if (rule === null) throw new AppError("group.ruleEmpty");
  return rule;
}
const requireUuid = (text: string): string => {
  const id = z.uuid().safeParse(text);
  if (!id.success) throw new AppError("group.notFound");
  return id.data;
};
const requireVersion = (fields: Fields): number => {
  const version = z.coerce.number().int().min(1).safeParse(fields["version"]);
  if (!version.success) throw new AppError("request.invalid");
  return version.data;
};

/** What was typed, without what the page itself wrote into the form. */
const typedOf = (fields: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([name]) => !["version", "action", "return"].includes(name) && !name.startsWith("customer."),
    ),
  );
const newPage = (fields: Record<string, string>, _: Request, language: Language): Place => ({
  path: `/${language}/groups/new`,
  query: typedOf(fields),
});

/** `POST /api/groups`: a new group with `name`; with `kind=rule` one whose members the conditions decide. */
export const makeGroup = route(
  "group:manage",
  "read write",
  async (input) => {
    const { isForm, fields } = await readForm(input.request);
    const id = await createGroup(
      input,
      requireName(fields),
      fields["kind"] === "rule" ? requireRule(fields) : null,
    );
    const language = languageIn(input.request, input.language);
    if (isForm) return seeOther({ path: `/${language}/groups/${id}`, query: { notice: "created" } });
    return Response.json({ id }, { headers: noStore });
  },
  backTo(newPage),
);

const actions = ["rename", "rule", "delete", "give", "take"] as const;
/** Where a refused change is put right: the fields it came from, on the group's page or the one that confirms. */
const groupPage = (fields: Record<string, string>, request: Request, language: Language): Place => {
  const [, id = ""] = /\/groups\/([0-9a-f-]{36})/.exec(new URL(request.url).pathname) ?? [];
  const action = actions.find((one) => one === fields["action"]);
  if (action === "delete") return { path: `/${language}/groups/${id}/delete` };
  return {
    path: `/${language}/groups/${id}`,
    query: { ...typedOf(fields), ...(action && { of: action }) },
    ...(action && { hash: action === "give" || action === "take" ? "administrators" : action }),
  };
};

/** `POST /api/groups/{id}` with `action`: rename, rule, delete (`word`), give or take (`membership`). */
export const changeGroup = route<{ id: string }>(
  "group:manage",
  "read write",
  async (input) => {
    const { isForm, fields } = await readForm(input.request);
    const id = requireUuid(input.params.id);
    const language = languageIn(input.request, input.language);
    const action = actions.find((one) => one === fields["action"]);
    if (action === undefined) throw new AppError("request.invalid");
    // The fields of the form that takes it back.
    const change = async (): Promise<Record<string, string>> => {
      switch (action) {
        case "rename":
          return {
            action,
            name: await renameGroup(input, {
              id,
              version: requireVersion(fields),
              name: requireName(fields),
            }),
          };
        case "rule": {
          const version = requireVersion(fields);
          const was = await setRule(input, { id, version, rule: requireRule(fields) }, new Date());
          return { action, ...formOf(was) };
        }
        case "give":
        case "take": {
          const membershipId = requireMembership(fields);
          const isGiven = action === "give";
          const isChanged = await setAdministrator(input, { id, membershipId, isGiven });
          return isChanged ? { action: isGiven ? "take" : "give", membershipId } : {};
        }
        case "delete":
          if (!isConfirmed(textOf(fields, "word"))) throw new AppError("group.wordMissing");
          await removeGroup(input, id, new Date());
          return {};
      }
    };
    const undo = await change();
    if (!isForm) return Response.json({}, { headers: noStore });
    const path = action === "delete" ? `/${language}/groups` : `/${language}/groups/${id}`;
    const { membershipId } = input.actor;
    const was = packUndo(undo, { membershipId, act: `group ${action}`, of: id });
    return seeOther({ path, query: { notice: action, ...was } });
  },
  backTo(groupPage),
);
function requireMembership(fields: Fields): string {
  const membership = z.uuid().safeParse(fields["membershipId"]);
  if (!membership.success) throw new AppError("group.personNotFound");
  return membership.data;
}

const MOST_CHOSEN = 1_000;
/** Customers as a form ticks them (`customer.<id>`) or a program lists them (`customers`). */
function requireCustomers(fields: Fields): string[] {
  const ticked = Object.keys(fields).flatMap((name) => {
    const [, id] = /^customer\.(.+)$/.exec(name) ?? [];
    return id === undefined ? [] : [id];
  });
  const ids = z
    .array(z.uuid())
    .max(MOST_CHOSEN)
    .safeParse(fields["customers"] ?? ticked);
  if (!ids.success) throw new AppError("request.invalid");
  if (ids.data.length === 0) throw new AppError("group.noneChosen");
  return [...new Set(ids.data)];
}
const tickedOf = (customers: readonly string[]) =>
  Object.fromEntries(customers.map((id) => [`customer.${id}`, "on"]));
const returnTo = (back: unknown, language: Language, outcome: Record<string, string>): Place => {
  const page = new URL(safeReturn(back, `/${language}/groups`), "http://here.invalid");
  for (const name of ["notice", "error", "n", "moved", "was"]) page.searchParams.delete(name);
  const query = { ...Object.fromEntries(page.searchParams), ...outcome };
  return { path: page.pathname, query, ...(page.hash && { hash: page.hash.slice(1) }) };
};

/** `POST /api/groups/members`: `action` add or remove, `group`, the customers, and `return`, the page to go back to. */
export const changeMembers = route(
  "group:manage",
  "read write",
  async (input) => {
    const { isForm, fields } = await readForm(input.request);
    const isAdd = fields["action"] === "add";
    if (!isAdd && fields["action"] !== "remove") throw new AppError("request.invalid");
    const change = isAdd ? addToGroup : removeFromGroup;
    const groupId = requireUuid(textOf(fields, "group"));
    const changed = await change(input, groupId, requireCustomers(fields));
    if (!isForm) return Response.json({ changed: changed.length }, { headers: noStore });
    const language = languageIn(input.request, input.language);
    const notice = isAdd ? "added" : "removed";
    const { membershipId } = input.actor;
    const back = { action: isAdd ? "remove" : "add", group: groupId };
    const undo = changed.length === 0 ? {} : { ...back, ...tickedOf(changed) };
    const was = packUndo(undo, { membershipId, act: `group ${notice}`, of: groupId });
    const outcome = { notice, n: String(changed.length), moved: groupId, ...was };
    return seeOther(returnTo(fields["return"], language, outcome));
  },
  backTo((fields, _, language) => returnTo(fields["return"], language, {})),
);

/** `GET /api/groups/count` with the fields of a rule: how many customers it means now; nothing where it asks nothing. */
export const countCustomers = route("group:manage", "read only", async (input) => {
  const fields = Object.fromEntries(new URL(input.request.url).searchParams);
  const rule = readRule(fields);
  if (rule === undefined) throw new AppError("group.rule");
  return Response.json(rule ? await countMeant(input, rule) : {}, { headers: noStore });
});

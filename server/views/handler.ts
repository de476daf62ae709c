// The forms of saved views, which work without scripts: each leads back to the list with what became of it.
import type { z } from "zod";
import { AppError, type AppErrorCode } from "#server/errors.ts";
import { backTo, languageIn, readForm, seeOther } from "#server/http/forms.ts";
import type { Permission } from "#server/permissions.ts";
import { route, type RouteInput } from "#server/route.ts";
import { viewQuery } from "./rules.ts";
import { ChangeForm, SaveForm, ShareForm, type ViewNotice } from "./schema.ts";
import { changeView, saveView, shareView } from "./service.ts";

type Params = { id: string };
type Outcome = { id: string; notice: ViewNotice };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const requireId = ({ id }: Params): string => {
  if (!uuid.test(id)) throw new AppError("view.notFound");
  return id;
};

/** The page of the list that a form stood on: its view, or the address that was to be kept. */
const standing = (fields: Record<string, string>, request: Request): Record<string, string> => {
  const [, id] = /\/views\/([0-9a-f-]{36})/.exec(new URL(request.url).pathname) ?? [];
  const query = Object.fromEntries(new URLSearchParams(viewQuery(fields["query"] ?? "")));
  return id === undefined
    ? { ...query, ...(Object.keys(query).length === 0 && { view: "all" }) }
    : { view: id };
};

/** One form: what it did is told on the list, or as JSON; a refusal leads back with the name that was typed. */
function form<Schema extends z.ZodType, P = Record<string, never>>(
  permission: Permission,
  schema: Schema,
  invalid: AppErrorCode,
  work: (input: RouteInput<P>, fields: z.output<Schema>) => Promise<Outcome>,
) {
  return route<P>(
    permission,
    "read write",
    async (input) => {
      const { isForm, fields } = await readForm(input.request);
      const parsed = schema.safeParse(fields);
      if (!parsed.success) throw new AppError(invalid);
      const { id, notice } = await work(input, parsed.data);
      const path = `/${languageIn(input.request, input.language)}/customers`;
      const query = notice === "deleted" ? { view: "all", deleted: id } : { view: id };
      if (isForm) return seeOther({ path, query: { ...query, viewNotice: notice } });
      return Response.json({ id, notice }, { headers: { "cache-control": "no-store" } });
    },
    backTo(
      (fields, request, language) => ({
        path: `/${language}/customers`,
        query: { ...standing(fields, request), ...(fields["name"] && { viewName: fields["name"] }) },
      }),
      "viewError",
    ),
  );
}

/** `POST /api/views`: the list's address under a name, or in the place of one's own view. */
export const saveViewHandler = form("view:save", SaveForm, "view.nameInvalid", (input, fields) =>
  saveView(input, fields),
);

/** `POST /api/views/{id}` with `action`: rename, delete, restore, setDefault, clearDefault. */
export const changeViewHandler = form<typeof ChangeForm, Params>(
  "view:save",
  ChangeForm,
  "view.nameInvalid",
  async (input, fields) => {
    const id = requireId(input.params);
    return { id, notice: await changeView(input, id, fields, new Date()) };
  },
);

/** `POST /api/views/{id}/share` with `action`: share or unshare. */
export const shareViewHandler = form<typeof ShareForm, Params>(
  "view:share",
  ShareForm,
  "request.invalid",
  async (input, { action }) => {
    const id = requireId(input.params);
    return { id, notice: await shareView(input, id, action === "share") };
  },
);

// The forms of the settings of status, which work without scripts: each leads back to its page with what became of it.
import type { z } from "zod";
import type { Language } from "#locales/languages.ts";
import { AppError, type AppErrorCode } from "#server/errors.ts";
import { backTo, languageIn, type Place, readForm, seeOther } from "#server/http/forms.ts";
import type { Permission } from "#server/permissions.ts";
import { route, type RouteInput } from "#server/route.ts";
import { CloseForm, DeniedForm, Empty, GroupThresholdsForm, ThresholdsForm, WindowForm } from "./schema.ts";
import {
  addDenied,
  addWindow,
  closeWindow,
  removeDenied,
  setGroupThresholds,
  setThresholds,
} from "./service.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
type Params = { id: string };
const requireId = ({ id }: Params): string => {
  if (!uuid.test(id)) throw new AppError("settings.notFound");
  return id;
};

const pages = {
  thresholds: "settings",
  maintenance: "settings/maintenance",
  denied: "settings/applications",
};
const pageOf = (page: keyof typeof pages, language: Language) => `/${language}/${pages[page]}`;

/**
 * One form: `work` gets its checked fields; what it does is told by `notice` on its page, or as JSON. A refusal leads
 * back with what was typed, and with `group` where the form was one of several.
 */
function form<Schema extends z.ZodType, P = Record<string, never>>(
  permission: Permission,
  page: keyof typeof pages,
  schema: Schema,
  invalid: AppErrorCode,
  notice: string,
  work: (input: RouteInput<P>, fields: z.output<Schema>) => Promise<unknown>,
) {
  const place = (fields: Record<string, string>, request: Request, language: Language): Place => {
    const [, group] = /\/groups\/([0-9a-f-]{36})/.exec(new URL(request.url).pathname) ?? [];
    const typed = Object.entries(fields).filter(([name]) => !name.startsWith("was"));
    return {
      path: pageOf(page, language),
      query: { ...Object.fromEntries(typed), ...(group !== undefined && { group }) },
    };
  };
  return route<P>(
    permission,
    "read write",
    async (input) => {
      const { isForm, fields } = await readForm(input.request);
      const parsed = schema.safeParse(fields);
      if (!parsed.success) throw new AppError(invalid);
      const made = await work(input, parsed.data);
      const language = languageIn(input.request, input.language);
      if (isForm) return seeOther({ path: pageOf(page, language), query: { notice } });
      return Response.json(typeof made === "string" ? { id: made } : {}, {
        headers: { "cache-control": "no-store" },
      });
    },
    backTo(place),
  );
}

/** `POST /api/settings/thresholds`: the partner's own thresholds. */
export const saveThresholds = form(
  "partner:settings",
  "thresholds",
  ThresholdsForm,
  "settings.thresholds",
  "thresholds",
  (input, fields) => setThresholds(input, fields),
);

/** `POST /api/settings/groups/{id}`: those of one group. */
export const saveGroupThresholds = form<typeof GroupThresholdsForm, Params>(
  "group:manage",
  "thresholds",
  GroupThresholdsForm,
  "settings.thresholds",
  "group",
  (input, fields) => setGroupThresholds(input, requireId(input.params), fields),
);

/** `POST /api/settings/windows`: a new maintenance window. */
export const saveWindow = form(
  "partner:settings",
  "maintenance",
  WindowForm,
  "settings.windowInvalid",
  "windowAdded",
  (input, fields) => addWindow(input, fields, new Date()),
);

/** `POST /api/settings/windows/{id}`: ends one that has begun, deletes one that has not. */
export const changeWindow = form<typeof CloseForm, Params>(
  "partner:settings",
  "maintenance",
  CloseForm,
  "request.invalid",
  "windowClosed",
  (input, { act }) => closeWindow(input, requireId(input.params), act, new Date()),
);

/** `POST /api/settings/denied`: a pattern for the list of denied applications. */
export const saveDenied = form(
  "partner:settings",
  "denied",
  DeniedForm,
  "settings.patternInvalid",
  "patternAdded",
  (input, fields) => addDenied(input, fields),
);

/** `POST /api/settings/denied/{id}`: takes it off the list. */
export const deleteDenied = form<typeof Empty, Params>(
  "partner:settings",
  "denied",
  Empty,
  "request.invalid",
  "patternRemoved",
  (input) => removeDenied(input, requireId(input.params)),
);

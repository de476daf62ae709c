// The forms of actions on many customers, which work without scripts and lead to the page of the job; its results as a file.
import type { Language } from "#locales/languages.ts";
import { errorText, isErrorCode, resources } from "#locales/resources.ts";
import { contextOf } from "#server/context.ts";
import { writeCsv } from "#server/csv/rules.ts";
import { AppError } from "#server/errors.ts";
import { download } from "#server/http/download.ts";
import { backTo, languageIn, readForm, seeOther } from "#server/http/forms.ts";
import type { Actor } from "#server/permissions.ts";
import { backToPage, route, type RouteInput } from "#server/route.ts";
import { createCallerFactory, type Guarded } from "#server/trpc.ts";
import { bulkRouter } from "./router.ts";
import { ChooseForm, StartForm } from "./schema.ts";
import { begin, cancel, prepare, readFilter, requireJob, retry, undo } from "./service.ts";

type Params = { id: string };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const requireId = ({ id }: Params): string => {
  if (!uuid.test(id)) throw new AppError("bulk.notFound");
  return id;
};

const pathOf = (lang: string, bulkId: string) => `/${lang}/bulk/${bulkId}`;
/** A person goes on to the page of a job, a program is told its id. */
const leadTo = (isForm: boolean, lang: string, bulkId: string): Response =>
  isForm ? seeOther({ path: pathOf(lang, bulkId) }) : Response.json({ bulkId });

const backToOne = backTo(({ tag, groupId, why }, request, language) => {
  const typed = Object.entries({ tag, groupId, why }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const [, , , id = ""] = new URL(request.url).pathname.split("/");
  return { path: pathOf(language, id), query: Object.fromEntries(typed) };
});
const backToAll = backTo((_fields, _request, language) => ({ path: `/${language}/bulk` }));
/** What is wrong is said on the page of the job; where there is none, on that of all. */
const backToJob = (error: AppError, request: Request) =>
  (error.code === "bulk.notFound" ? backToAll : backToOne)(error, request);

/** `POST /api/bulk`: holds a selection of the list, which its page then shows before anything is done. */
export const choose = route(
  "customer:list",
  "read write",
  async ({ request, actor, db, audit, language }) => {
    const { isForm, fields } = await readForm(request, ["id"]);
    const form = ChooseForm.safeParse(fields);
    if (!form.success) throw new AppError("request.invalid");
    const { action, id, all, filter, key } = form.data;
    const choice = { action, key, ids: id, filter: all === undefined ? null : readFilter(filter) };
    const { bulkId } = await prepare({ actor, db, audit }, choice, new Date());
    return leadTo(isForm, languageIn(request, language), bulkId);
  },
  backToPage,
);

const ofJob = (work: (ctx: Guarded, id: string, input: RouteInput<Params>) => Promise<string>) =>
  route<Params>(
    "customer:list",
    "read write",
    async (input) => {
      const { request, params, actor, db, audit, language } = input;
      const bulkId = await work({ actor, db, audit }, requireId(params), input);
      const isForm = !(request.headers.get("content-type") ?? "").startsWith("application/json");
      return leadTo(isForm, languageIn(request, language), bulkId);
    },
    backToJob,
  );

/** `POST /api/bulk/{id}/start` with the options of the action and, where it cannot be undone, the typed word. */
export const start = ofJob(async (ctx, id, { request }) => {
  const { fields } = await readForm(request, ["capability"]);
  const form = StartForm.safeParse(fields);
  if (!form.success) throw new AppError("request.invalid");
  await begin(ctx, id, form.data);
  return id;
});
/** `POST /api/bulk/{id}/cancel` */
export const stop = ofJob(async (ctx, id) => {
  await cancel(ctx, id, new Date());
  return id;
});
/** `POST /api/bulk/{id}/undo`: leads to the job that takes this one back. */
export const takeBack = ofJob(async (ctx, id) => (await undo(ctx, id)).bulkId);
/** `POST /api/bulk/{id}/retry`: leads to a draft for the customers that were refused or failed. */
export const tryAgain = ofJob(async (ctx, id) => (await retry(ctx, id)).bulkId);

/** Rows of one transaction; scope and session are asked again for each. */
const TOGETHER = 5_000;
const callerOf = createCallerFactory(bulkRouter);

/** `GET /api/bulk/{id}/results.csv`: what became of each customer, `show=trouble` of those that were left alone. */
export const results = route<Params>(
  "customer:list",
  "read only",
  async ({ request, params, actor, db, language }) => {
    const bulkId = requireId(params);
    await requireJob({ db, actor }, bulkId);
    const show = new URL(request.url).searchParams.get("show") === "trouble" ? "trouble" : "all";
    const lang = languageIn(request, language);
    const abort = new AbortController();
    request.signal.addEventListener("abort", () => abort.abort(), { once: true });
    return download(
      piecesOf(request, { bulkId, show }, actor, lang),
      { name: `bulk-${bulkId.slice(0, 8)}.csv`, type: "text/csv; charset=utf-8" },
      abort,
    );
  },
  backToJob,
);

async function* piecesOf(
  request: Request,
  wanted: { bulkId: string; show: "all" | "trouble" },
  { membershipId }: Actor,
  lang: Language,
): AsyncGenerator<Uint8Array> {
  const { columns, outcome } = resources[lang].bulk;
  const encoder = new TextEncoder();
  let after: string | undefined;
  let head: string[][] = [[columns.customer, columns.id, columns.outcome, columns.reason]];
  do {
    // Each piece is read as if it were asked for anew: session, membership and scope are those of that moment.
    const context = await contextOf(request.headers, false);
    if (context.session?.actor.membershipId !== membershipId) throw new AppError("auth.required");
    const { rows, next } = await callerOf(context).rows({
      ...wanted,
      pageSize: TOGETHER,
      ...(after !== undefined && { after }),
    });
    const lines = rows.map(({ name, customerId, outcome: what, code }) => [
      name ?? columns.unseen,
      customerId,
      what === null ? outcome.open : outcome[what],
      reasonOf(code, lang),
    ]);
    const text = writeCsv([...head, ...lines], lang === "en" ? "," : ";");
    // The mark of the encoding stands once, at the very beginning.
    yield encoder.encode(head.length > 0 ? text : text.replace(/^\ufeff/, ""));
    head = [];
    after = next ?? undefined;
  } while (after !== undefined);
}

const reasonOf = (code: string | null, lang: Language): string =>
  code === null ? "" : isErrorCode(code) ? errorText(lang, code).message : code;

// The exported files: the customers of the list's address as CSV or Excel, made while they are sent.
import { isLanguage, type Language } from "#locales/languages.ts";
import { resources } from "#locales/resources.ts";
import { bearerOf, readToken } from "#server/auth/tokens.ts";
import { contextOf } from "#server/context.ts";
import { AppError } from "#server/errors.ts";
import { download } from "#server/http/download.ts";
import { addressOf } from "#server/http/incoming.ts";
import { dayIn } from "#server/licences/rules.ts";
import type { Actor } from "#server/permissions.ts";
import { route } from "#server/route.ts";
import { readExportAddress } from "./schema.ts";
import { type FileKind, openExport, planExport } from "./service.ts";

const types = {
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;

/** A link of a page names its language, because an answer to it is a file in that language. */
const languageIn = (request: Request, fallback: Language): Language => {
  const named = new URL(request.url).searchParams.get("lang");
  return isLanguage(named) ? named : fallback;
};

/** A person who followed a link goes back to where it was, with the error; a program is told the error itself. */
function backToPage(error: AppError, request: Request): Response | undefined {
  const from = URL.parse(request.headers.get("referer") ?? "");
  const isPage = (request.headers.get("accept") ?? "").includes("text/html");
  if (!isPage || from === null || from.host !== request.headers.get("host")) return undefined;
  from.searchParams.set("error", error.code);
  return new Response(null, {
    status: 303,
    headers: { location: from.pathname + from.search, "cache-control": "no-store" },
  });
}

/** Whether the session or the token still stands for the same member with the same rights. */
async function isStill(request: Request, actor: Actor): Promise<boolean> {
  const { headers } = request;
  const token = bearerOf(headers);
  const now =
    token === undefined
      ? (await contextOf(headers, false)).session?.actor
      : await readToken(token, addressOf(headers), false).catch((error: unknown) => {
          if (error instanceof AppError) return undefined;
          throw error;
        });
  const rights = (of: Actor) =>
    [of.membershipId, of.partnerId, of.customerId, of.role, of.memberAll, of.apiToken?.permissions].join(" ");
  return now !== undefined && rights(now) === rights(actor);
}

type Handler = (request: Request, context: { params: Promise<Record<string, never>> }) => Promise<Response>;

const exporter = (kind: FileKind): Handler =>
  route(
    "customer:export",
    "read only",
    async ({ request, db, actor, language }) => {
      const input = readExportAddress(new URL(request.url).searchParams);
      if (!input) throw new AppError("request.invalid");
      const now = new Date();
      const plan = await planExport(db, actor, input, { kind, language: languageIn(request, language) }, now);
      const abort = new AbortController();
      request.signal.addEventListener("abort", () => abort.abort(), { once: true });
      const pieces = await openExport(plan, () => isStill(request, actor), abort.signal);
      const noun = resources[plan.language].exports.file.toLowerCase();
      const name = `${noun}-${dayIn(actor.timeZone, now)}.${kind}`;
      return download(pieces, { name, type: types[kind] }, abort);
    },
    backToPage,
  );

/** `GET /api/export/customers.csv` with the list's address, `format`, `columns` and `bulk`. */
export const exportCsv = exporter("csv");
/** `GET /api/export/customers.xlsx`, as above. */
export const exportExcel = exporter("xlsx");

// Uploading a list, mapping its columns, starting the import, fetching the rows that did not go in: forms without scripts.
import { isLanguage, type Language } from "#locales/languages.ts";
import { getT } from "#locales/server.ts";
import { contextOf } from "#server/context.ts";
import { writeCsv } from "#server/csv/rules.ts";
import { AppError } from "#server/errors.ts";
import { assertSameOrigin, readBytes, readFields } from "#server/http/incoming.ts";
import { fileIn, type UploadedFile } from "#server/http/multipart.ts";
import { enqueue } from "#server/jobs/queue.ts";
import { can } from "#server/permissions.ts";
import { handlerPermissions, route } from "#server/route.ts";
import { getRejected, insertImport, updateMapping, updateState } from "./queries.ts";
import { MappingInput } from "./schema.ts";
import { changeReading, isToStart, readList, rememberMapping, requireImport } from "./service.ts";

/** Decision 38, and room for the form around the file. */
const MOST_BYTES = 50 * 1024 * 1024;
const FORM_BYTES = 16 * 1024;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
type Params = { id: string };

/** Forms name their page's language in the address, because an answer to a form is a way back to that page. */
const languageIn = (request: Request, fallback: Language): Language => {
  const named = new URL(request.url).searchParams.get("lang");
  return isLanguage(named) ? named : fallback;
};
const pageOf = (request: Request, fallback: Language, id = "") =>
  `/${languageIn(request, fallback)}/customers/import${id && `/${id}`}`;
const seeOther = (path: string) =>
  new Response(null, { status: 303, headers: { location: path, "cache-control": "no-store" } });
/** A browser that follows a form asks for a page; a program is told the error itself. */
const wantsPage = (request: Request) => (request.headers.get("accept") ?? "").includes("text/html");

function backToPage(error: AppError, request: Request): Response | undefined {
  if (!wantsPage(request)) return undefined;
  const id = new URL(request.url).pathname.split("/")[3] ?? "";
  if (error.code === "auth.required") return seeOther(`/${languageIn(request, "en")}/sign-in`);
  // Starting twice leads to the import that runs.
  if (error.code === "import.alreadyDone") return seeOther(pageOf(request, "en", id));
  return seeOther(
    `${pageOf(request, "en", uuid.test(id) && error.code !== "import.notFound" ? id : "")}?error=${error.code}`,
  );
}

const requireId = ({ id }: Params): string => {
  if (!uuid.test(id)) throw new AppError("import.notFound");
  return id;
};

const received = new WeakMap<Request, UploadedFile | AppError>();

const storeUpload = route(
  "customer:import",
  "read write",
  async ({ request, db, actor, audit, language }) => {
    const file = received.get(request);
    if (!file || file instanceof AppError) throw file ?? new AppError("request.malformed");
    const reading = await readList(db, actor.partnerId, file.bytes);
    const content = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength);
    const id = await insertImport(db, actor.partnerId, {
      ...reading,
      createdBy: actor.membershipId,
      fileName: file.fileName,
      content,
    });
    await audit({
      action: "import:upload",
      entity: `import ${id}`,
      customerId: null,
      detail: { file: file.fileName, bytes: content.length, rows: reading.rowsTotal },
    });
    return seeOther(pageOf(request, language, id));
  },
  backToPage,
);

/**
 * `POST /api/import` with the form field `file`. The body is read before the transaction opens, because a slow line must
 * not hold a connection; from someone who may not import it is not read at all.
 */
export async function upload(
  request: Request,
  context: { params: Promise<Record<string, never>> },
): Promise<Response> {
  const { session } = await contextOf(request.headers);
  if (session && can(session.actor, "customer:import")) received.set(request, await receive(request));
  return storeUpload(request, context);
}
handlerPermissions.set(upload, "customer:import");

async function receive(request: Request): Promise<UploadedFile | AppError> {
  try {
    assertSameOrigin(request);
    const contentType = request.headers.get("content-type") ?? "";
    if (!/^multipart\/form-data\b/i.test(contentType)) return new AppError("request.unsupportedType");
    const file = fileIn(await readBytes(request, MOST_BYTES + FORM_BYTES), contentType, "file");
    if (!file) return new AppError("request.malformed");
    return file.bytes.length > MOST_BYTES ? new AppError("import.tooLarge") : file;
  } catch (error) {
    if (error instanceof AppError)
      return error.code === "request.tooLarge" ? new AppError("import.tooLarge") : error;
    return new AppError("request.malformed", { cause: error });
  }
}

/** `POST /api/import/{id}/mapping`: `column-0` … name a field or nothing; a changed encoding or delimiter reads anew. */
export const saveMapping = route<Params>(
  "customer:import",
  "read write",
  async ({ request, params, db, actor, audit, language }) => {
    const id = requireId(params);
    const { fields } = await readFields(request);
    const { encoding, delimiter, ...columns } = fields;
    const numbered = Object.entries(columns).flatMap(([name, value]) =>
      /^column-\d{1,3}$/.test(name) ? [{ place: Number(name.slice(7)), value }] : [],
    );
    const input = MappingInput.safeParse({
      encoding,
      delimiter,
      columns: numbered.sort((a, b) => a.place - b.place).map(({ value }) => value),
    });
    if (!input.success || numbered.some(({ place }, index) => place !== index))
      throw new AppError("request.invalid");
    const list = await requireImport(db, actor, id, "lock");
    const change = await changeReading(db, actor, list, input.data);
    await updateMapping(db, actor.partnerId, id, change.reading);
    if (change.isMapped) await rememberMapping(db, actor.partnerId, change.reading.columns, new Date());
    await audit({
      action: "import:map",
      entity: `import ${id}`,
      customerId: null,
      detail: {
        encoding: change.reading.encoding,
        columns: change.reading.columns.filter(({ field }) => field !== null),
      },
    });
    return seeOther(`${pageOf(request, language, id)}${change.isMapped ? "?step=preview" : ""}`);
  },
  backToPage,
);

/** `POST /api/import/{id}/start`: hands the list to the worker. */
export const start = route<Params>(
  "customer:import",
  "read write",
  async ({ request, params, db, actor, audit, language }) => {
    const id = requireId(params);
    const list = await requireImport(db, actor, id, "lock");
    if (!isToStart(list)) throw new AppError("import.alreadyDone");
    if (!list.columns.some(({ field }) => field === "name")) throw new AppError("import.missingName");
    await updateState(db, actor.partnerId, id, "queued");
    await enqueue(db, "import", { partnerId: actor.partnerId, importId: id }, { singletonKey: id });
    await audit({
      action: "import:start",
      entity: `import ${id}`,
      customerId: null,
      detail: { rows: list.rowsTotal },
    });
    return seeOther(pageOf(request, language, id));
  },
  backToPage,
);

/** `POST /api/import/{id}/cancel`: no further row is written; what is in stays, and starting again goes on from there. */
export const cancel = route<Params>(
  "customer:import",
  "read write",
  async ({ request, params, db, actor, audit, language }) => {
    const id = requireId(params);
    const list = await requireImport(db, actor, id, "lock");
    if (list.state !== "queued" && list.state !== "running") throw new AppError("import.notRunning");
    await updateState(db, actor.partnerId, id, "cancelled");
    await audit({
      action: "import:cancel",
      entity: `import ${id}`,
      customerId: null,
      detail: { rows: list.rowsTotal, done: list.rowsDone },
    });
    return seeOther(pageOf(request, language, id));
  },
  backToPage,
);

/** `GET /api/import/{id}/rejected.csv`: the rows that did not go in as they were, with line and reason. */
export const rejected = route<Params>(
  "customer:import",
  "read only",
  async ({ request, params, db, actor, language }) => {
    const id = requireId(params);
    const list = await requireImport(db, actor, id);
    const rows = await getRejected(db, actor.partnerId, id);
    const t = await getT(languageIn(request, language), "imports");
    // Rows with too many cells widen the table, so that line and reason keep their columns.
    const width = rows.reduce((most, { cells }) => Math.max(most, cells.length), list.columns.length);
    const padded = (cells: readonly string[]) =>
      Array.from({ length: width }, (_, index) => cells[index] ?? "");
    const lines = rows.map(({ line, reasons, cells }) => [
      ...padded(cells),
      String(line),
      reasons
        .map(({ code, field, values }) =>
          t(`reason.${code}`, { ...values, field: field ? t(`field.${field}`) : "" }),
        )
        .join(" "),
    ]);
    const header = [
      ...padded(list.columns.map((column) => column.header)),
      t("rejected.line"),
      t("rejected.reason"),
    ];
    return new Response(writeCsv([header, ...lines], list.delimiter), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="rejected-${id.slice(0, 8)}.csv"`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
    });
  },
  backToPage,
);

// `/api/auth/*`: next-auth's own addresses, with whatever it would answer 500 to refused before it sees it.
import { languageOf } from "#server/context.ts";
import { env } from "#server/env.ts";
import { AppError } from "#server/errors.ts";
import { readFields, safeReturn } from "#server/http/incoming.ts";
import { errorResponse } from "#server/route.ts";
import { askNextAuth } from "./next-auth.ts";
import { cookiesOf, finishProvider } from "./provider-return.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What else there is of next-auth; its log, which anybody could write to, is left out. */
const actions = ["csrf", "session", "providers", "signin", "signout", "error"];

/** An address to go on to that next-auth cannot parse, or that is another site's. */
function isBadReturn(path: string | undefined): boolean {
  const { origin } = env();
  if (path === undefined || path === "" || path === origin) return false;
  return safeReturn(path.startsWith(`${origin}/`) ? path.slice(origin.length) : path, "") === "";
}

export async function nextAuthHandler(
  request: Request,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> {
  const language = languageOf(request.headers);
  try {
    const path = (await context.params).nextauth ?? [];
    const [action = "", id = ""] = path;
    const method = request.method === "POST" ? "POST" : "GET";
    if (action === "callback") {
      if (method === "POST") throw new AppError("request.methodNotAllowed");
      if (!uuid.test(id) || path.length > 2) throw new AppError("request.notFound");
      return await finishProvider(request, id);
    }
    if (!actions.includes(action) || path.length > 1) throw new AppError("request.notFound");
    const cookies = cookiesOf(request.headers);
    const query = Object.fromEntries(new URL(request.url).searchParams);
    const body = method === "POST" ? await textFields(request) : {};
    const remembered = Object.entries(cookies).find(([name]) => name.endsWith("next-auth.callback-url"));
    if ([query["callbackUrl"], body["callbackUrl"], remembered?.[1]].some(isBadReturn))
      throw new AppError("request.invalid", { fields: { callbackUrl: "invalid" } });
    return respond(await askNextAuth({ method, path, query, body, cookies }));
  } catch (error) {
    return errorResponse(error, language);
  }
}

async function textFields(request: Request): Promise<Record<string, string>> {
  const { fields } = await readFields(request);
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function respond({ status, location, cookies, body }: Awaited<ReturnType<typeof askNextAuth>>): Response {
  const headers = new Headers({ "cache-control": "no-store" });
  for (const one of cookies) headers.append("set-cookie", one);
  if (location !== null) headers.set("location", location);
  if (typeof body === "string" || body === undefined) return new Response(body ?? null, { status, headers });
  return Response.json(body, { status, headers });
}

// The handlers that belong to no noun: tRPC's address, and what answers where nothing is.
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { contextOf, languageOf } from "#server/context.ts";
import { AppError } from "#server/errors.ts";
import { errorResponse } from "#server/route.ts";
import { appRouter } from "#server/router.ts";
import { assertSameOrigin, assertStorable, decodeText, readBytes } from "./incoming.ts";

const MOST_IN_BATCH = 20;

/** tRPC over HTTP: JSON only, of our own pages, capped in size and in calls per batch. */
export async function trpcHandler(request: Request): Promise<Response> {
  const language = languageOf(request.headers);
  try {
    const context = await contextOf(request.headers);
    const url = new URL(request.url);
    if (url.pathname.split(",").length > MOST_IN_BATCH) throw new AppError("request.tooLarge");
    let checked = request;
    if (request.method === "POST") {
      assertSameOrigin(request);
      if (!request.headers.get("content-type")?.startsWith("application/json"))
        throw new AppError("request.unsupportedType");
      const text = decodeText(await readBytes(request));
      assertStorable(parseJson(text));
      checked = new Request(request.url, { method: "POST", headers: request.headers, body: text });
    } else {
      const input = url.searchParams.get("input");
      if (input !== null) assertStorable(parseJson(input));
    }
    return await fetchRequestHandler({
      endpoint: "/api/trpc",
      req: checked,
      router: appRouter,
      createContext: () => context,
      responseMeta: () => ({ headers: { "cache-control": "no-store" } }),
    });
  } catch (error) {
    return errorResponse(error, language);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("request.malformed", { cause });
  }
}

/** An address below /api that nobody answers: 404 as JSON, not a page. */
export const unknownHandler = (request: Request): Response =>
  errorResponse(new AppError("request.notFound"), languageOf(request.headers));

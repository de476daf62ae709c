import { sessionCookieName } from "#server/auth/sessions.ts";
import type { Undo } from "#server/undo/schema.ts";
import { callerFor, type Member } from "#tests/factories.ts";

type Handler = (request: Request, context: { params: Promise<{ id: string }> }) => Promise<Response>;
const host = "127.0.0.1:3000";

/** Sends a form (`form: true`: as a person without scripts does) or JSON to a handler, as the member of this session. */
function sendTo(
  handler: Handler,
  who: { token: string } | null,
  path: string,
  body: object,
  { form }: { form: boolean },
): Promise<Response> {
  const request = new Request(`http://${host}${path}${form ? "?lang=it" : ""}`, {
    method: "POST",
    body: form ? new URLSearchParams(body as Record<string, string>) : JSON.stringify(body),
    headers: {
      host,
      origin: `http://${host}`,
      accept: form ? "text/html" : "application/json",
      "content-type": form ? "application/x-www-form-urlencoded" : "application/json",
      ...(who && { cookie: `${sessionCookieName()}=${who.token}` }),
    },
  });
  return handler(request, { params: Promise.resolve({ id: path.split("/").at(-1) ?? "" }) });
}

/** "200", or "409 noun.problem". */
async function answerOf(response: Promise<Response>): Promise<string> {
  const one = await response;
  const { error } = (await one.json()) as { error?: { code: string } };
  return `${one.status}${error ? ` ${error.code}` : ""}`;
}

/** A form about one customer, at `/api/<noun>/<customer>`: how it is sent, and what is answered. */
export function formOf(handler: Handler, noun: string, always: object = {}) {
  const send = (who: { token: string } | null, { id }: { id: string }, body: object, form = false) =>
    sendTo(handler, who, `/api/${noun}/${id}`, { ...always, ...body }, { form });
  return { send, answer: (...given: Parameters<typeof send>) => answerOf(send(...given)) };
}

/** Where a form leads back to: its query without the undo, and the undo as its page opens it for `who` (null: none). */
export async function ledTo(
  { headers }: Response,
  who: Member,
  act: string,
  of: string,
): Promise<{ query: Record<string, string>; undo: Undo | null; was: string }> {
  const { searchParams } = new URL(headers.get("location") ?? "", `http://${host}`);
  const { was = "", ...query } = Object.fromEntries(searchParams);
  return { query, undo: was === "" ? null : await (await callerFor(who)).undo.open({ act, of, was }), was };
}

import { sessionCookieName } from "#server/auth/sessions.ts";

const origin = "http://127.0.0.1:3000";
type Handler = (request: Request, context: { params: Promise<{ id: string }> }) => Promise<Response>;

/** What a handler of one identifier answers to a member's JSON: `200`, or the status with the code of the refusal. */
export async function post(
  handler: Handler,
  who: { token: string },
  id: string,
  body: Record<string, unknown>,
): Promise<string> {
  const request = new Request(`${origin}/api/x/${id}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: {
      host: "127.0.0.1:3000",
      origin,
      "content-type": "application/json",
      cookie: `${sessionCookieName()}=${who.token}`,
    },
  });
  const response = await handler(request, { params: Promise.resolve({ id }) });
  const { error } = (await response.json()) as { error?: { code: string } };
  return `${response.status}${error ? ` ${error.code}` : ""}`;
}

/** Where a handler leads a browser without scripts. */
export async function submit(
  handler: Handler,
  who: { token: string },
  id: string,
  fields: Record<string, string>,
): Promise<string> {
  const request = new Request(`${origin}/api/x/${id}?lang=it`, {
    method: "POST",
    body: new URLSearchParams(fields).toString(),
    headers: {
      host: "127.0.0.1:3000",
      origin,
      accept: "text/html",
      "content-type": "application/x-www-form-urlencoded",
      cookie: `${sessionCookieName()}=${who.token}`,
    },
  });
  const response = await handler(request, { params: Promise.resolve({ id }) });
  return `${response.status} ${response.headers.get("location") ?? ""}`;
}

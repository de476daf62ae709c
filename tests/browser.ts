// A browser of a test without pages: keeps cookies by origin, follows redirects, and calls our handlers as the server would.
import { loginCode, login, nextAuthHandler, startProvider } from "#server/auth/handler.ts";
import { env } from "#server/env.ts";
import { changeProfile } from "#server/profile/handler.ts";

type Handle = (request: Request) => Promise<Response>;
const last = (request: Request) => new URL(request.url).pathname.split("/").at(-1) ?? "";
/** Our addresses that a journey passes; every other one of ours is where it ends. */
const handlers: [string, Handle][] = [
  ["/api/login/provider", startProvider],
  ["/api/login/code", loginCode],
  ["/api/login", login],
  [
    "/api/auth/",
    (request) =>
      nextAuthHandler(request, {
        params: Promise.resolve({ nextauth: new URL(request.url).pathname.split("/").slice(3) }),
      }),
  ],
  [
    "/api/profile/",
    (request) => changeProfile(request, { params: Promise.resolve({ action: last(request) }) }),
  ],
];

export type Arrival = { url: URL; status: number; response: Response | null };

/** One person's browser; `address` is where their requests come from. */
export function newBrowser(address = `198.51.100.${Math.floor(Math.random() * 250)}`) {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: URL) => {
    const jar = jars.get(url.origin) ?? new Map<string, string>();
    jars.set(url.origin, jar);
    return jar;
  };

  async function send(url: URL, init: RequestInit): Promise<Response> {
    const jar = jarOf(url);
    const headers = new Headers(init.headers);
    headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const own = url.origin === env().origin;
    if (own) headers.set("x-forwarded-for", address);
    const handle = own ? handlers.find(([path]) => url.pathname.startsWith(path))?.[1] : undefined;
    const response =
      own && handle
        ? await handle(new Request(url, { ...init, headers }))
        : await fetch(url, { ...init, headers, redirect: "manual" });
    for (const text of response.headers.getSetCookie()) {
      const [pair = ""] = text.split(";");
      const at = pair.indexOf("=");
      const isGone = /max-age=0(?:;|$)/i.test(text) || /expires=Thu, 01 Jan 1970/i.test(text);
      if (isGone) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  /** Goes to an address and on, until a page of ours or an answer without a redirect; `stopAt` ends earlier. */
  async function visit(
    to: string,
    init: RequestInit = {},
    stopAt: (url: URL) => boolean = () => false,
  ): Promise<Arrival> {
    let url = new URL(to, env().origin);
    let response: Response | null = null;
    for (let hop = 0; hop < 12; hop += 1) {
      const isOurs = url.origin === env().origin;
      const isPage = isOurs && !handlers.some(([path]) => url.pathname.startsWith(path));
      if (isPage || stopAt(url)) return { url, status: response?.status ?? 0, response };
      // A browser goes on with GET after a form.
      response = await send(url, hop === 0 ? init : {});
      const location = response.headers.get("location");
      if (location === null) return { url, status: response.status, response };
      url = new URL(location, url);
    }
    throw new Error(`the journey to ${to} does not end`);
  }

  const post = (path: string, fields: Record<string, string>) =>
    visit(path, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { origin: env().origin, host: new URL(env().origin).host, accept: "text/html" },
    });

  /** Loses the cookies of another site, as after signing out there. */
  const forget = (origin: string) => void jars.delete(origin);

  return { visit, post, forget, cookies: jarOf(new URL(env().origin)) };
}
export type Browser = ReturnType<typeof newBrowser>;

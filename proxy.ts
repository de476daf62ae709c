import { type NextRequest, NextResponse } from "next/server";
import { isLanguage, type Language, languages } from "#locales/languages.ts";

/**
 * Language and security headers of pages, nothing else: who may see what is decided by procedures, never here.
 * `/api` is left out: a body that passes through a proxy is buffered and cut at 10 MB, and imports may be 50 MB.
 */
export const config = {
  matcher: "/((?!api/|_next/|healthz$|readyz$|metrics$|icon\\.svg$|favicon\\.ico$|robots\\.txt$).*)",
};

const YEAR_SECONDS = 365 * 24 * 60 * 60;

export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const language = pathname.split("/", 2)[1];
  const response = isLanguage(language)
    ? page(request, language)
    : redirectTo(request, bestLanguage(request), pathname + search);
  const secure = isSecure(request);
  if (secure) response.headers.set("strict-transport-security", `max-age=${YEAR_SECONDS}; includeSubDomains`);
  // A page that is left may still refresh itself in the background: only a document says what the person reads.
  const isDocument = (request.headers.get("sec-fetch-dest") ?? "document") === "document";
  if (isDocument && isLanguage(language) && request.cookies.get("lang")?.value !== language) {
    response.cookies.set("lang", language, {
      path: "/",
      maxAge: YEAR_SECONDS,
      sameSite: "lax",
      httpOnly: true,
      secure,
    });
  }
  return response;
}

function page(request: NextRequest, language: Language): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", policy); // Next.js reads the nonce from here and puts it on its scripts
  headers.set("x-nonce", nonce);
  headers.set("x-lang", language);
  headers.set("x-path", request.nextUrl.pathname + request.nextUrl.search);
  // Next answers 500 to an address that is no UTF-8; it is one that does not exist.
  const response = isReadable(request.nextUrl.pathname)
    ? NextResponse.next({ request: { headers } })
    : NextResponse.rewrite(new URL(`/${language}/not-found`, request.nextUrl), { request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("referrer-policy", "same-origin");
  response.headers.set("cross-origin-opener-policy", "same-origin");
  response.headers.set(
    "permissions-policy",
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
  );
  response.headers.set("cache-control", "no-store");
  // A new API token is shown by the page that this request asks for, and by no other (server/auth/tokens.ts).
  if (request.cookies.has("belvedere-new-token"))
    response.cookies.set("belvedere-new-token", "", { path: request.nextUrl.pathname, maxAge: 0 });
  return response;
}

const contentSecurityPolicy = (nonce: string) =>
  [
    "default-src 'self'",
    // React's development build evaluates strings to rebuild stacks; production never does.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${process.env.NODE_ENV === "development" ? " 'unsafe-eval'" : ""}`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
  ].join("; ");

function redirectTo(request: NextRequest, language: Language, path: string): NextResponse {
  const response = NextResponse.redirect(new URL(`/${language}${path === "/" ? "" : path}`, request.nextUrl));
  response.headers.set("vary", "Accept-Language, Cookie");
  response.headers.set("cache-control", "no-store");
  return response;
}

function isReadable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

const isSecure = (request: NextRequest) =>
  request.nextUrl.protocol === "https:" ||
  request.headers.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https";

/** The cookie of the last visit, else the first language of `Accept-Language` (by its q) that we speak, else English. */
function bestLanguage(request: NextRequest): Language {
  const remembered = request.cookies.get("lang")?.value;
  if (isLanguage(remembered)) return remembered;
  const wanted = (request.headers.get("accept-language") ?? "")
    .split(",")
    .map((entry) => {
      const [tag = "", ...parameters] = entry.trim().toLowerCase().split(";");
      const quality = parameters
        .map((parameter) => parameter.trim())
        .find((parameter) => parameter.startsWith("q="));
      return {
        language: tag.split("-")[0],
        quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0,
      };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ language }) => language);
  return wanted.find(isLanguage) ?? languages[0];
}

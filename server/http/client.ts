// The one HTTP client for outgoing requests: closed hosts and addresses, limits on everything, retries within a budget.
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, errors, request, type Dispatcher } from "undici";
import { checkedLookup, checkUrl, type AddressRules } from "./addresses.ts";
import type { CallBudget } from "./budget.ts";
import { VendorError } from "./errors.ts";

export type HttpClientOptions = AddressRules & {
  connectMs?: number;
  headersMs?: number;
  /** For the whole body, so that a drip of bytes does not hold a connection for ever. */
  bodyMs?: number;
  maxBodyBytes?: number;
  /** Retries of one request, after the first attempt. */
  maxRetries?: number;
  backoffMs?: number;
  maxBackoffMs?: number;
  /** A vendor that asks for a longer wait gets no retry: the error carries its wish. */
  maxRetryAfterSeconds?: number;
  /** Spacing of all requests of this client, attempts included. */
  maxPerSecond?: number | undefined;
  /** Calls that the credentials may make, shared with other workers: asked before every attempt. */
  calls?: CallBudget | undefined;
};

export type RequestOptions = { headers?: Record<string, string>; signal: AbortSignal };

export type HttpClient = {
  getJson(url: URL, options: RequestOptions): Promise<unknown>;
  /** For calls that may be repeated, such as asking for a token: retried like a GET. */
  postForm(url: URL, form: Record<string, string>, options: RequestOptions): Promise<unknown>;
  /** For calls that must not be repeated: sent once, whatever comes of it. */
  postJson(url: URL, json: unknown, options: RequestOptions): Promise<unknown>;
  close(): Promise<void>;
};

const MAX_REDIRECTS = 3;
// Retries may add a fifth to the load, so that an outage is not answered with a storm.
const BUDGET_START = 20;
const BUDGET_PER_REQUEST = 0.2;
const BUDGET_MAX = 100;

type Call = {
  method: "GET" | "POST";
  url: URL;
  headers: Record<string, string>;
  body: string | null;
  signal: AbortSignal;
  isOnce?: boolean;
};
type Failure = { error: VendorError; isRetriable: boolean };

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { connectMs = 3_000, headersMs = 30_000, bodyMs = 60_000, maxBodyBytes = 20 * 1024 * 1024 } = options;
  const {
    maxRetries = 3,
    backoffMs = 500,
    maxBackoffMs = 15_000,
    maxRetryAfterSeconds = 60,
    maxPerSecond,
  } = options;
  const agent = new Agent({
    connect: { timeout: connectMs, lookup: checkedLookup(options) },
    headersTimeout: headersMs,
    bodyTimeout: bodyMs,
    allowH2: false,
  });
  const pace = createPace(maxPerSecond);
  let budget = BUDGET_START;

  async function send(call: Call): Promise<unknown> {
    budget = Math.min(BUDGET_MAX, budget + BUDGET_PER_REQUEST);
    for (let attempt = 0; ; attempt += 1) {
      await options.calls?.take(call.signal);
      await pace(call.signal);
      const result = await attemptOnce(call);
      if ("value" in result) return result.value;
      const { error, isRetriable } = result;
      const asked = error.retryAfterSeconds;
      const isTooLong = asked !== null && asked > maxRetryAfterSeconds;
      const backoff = Math.random() * Math.min(maxBackoffMs, backoffMs * 2 ** attempt);
      if (error.status === 429 || asked !== null) await options.calls?.pause(asked ?? backoff / 1_000);
      if (!isRetriable || call.isOnce === true || isTooLong || attempt >= maxRetries || budget < 1)
        throw error;
      budget -= 1;
      await sleep(asked === null ? backoff : asked * 1_000 + backoff / 4, undefined, { signal: call.signal });
    }
  }

  async function attemptOnce(call: Call): Promise<{ value: unknown } | Failure> {
    const stop = new AbortController();
    const signal = AbortSignal.any([call.signal, stop.signal]);
    const what = `${call.method} ${call.url.host}${call.url.pathname}`.slice(0, 200);
    let hasHeaders = false;
    let timer: NodeJS.Timeout | undefined;
    try {
      const response = await follow(call, signal);
      hasHeaders = true;
      timer = setTimeout(() => stop.abort(), bodyMs);
      const { statusCode: status, headers } = response;
      if (status < 200 || status > 299) {
        // The body of an error is not read: nothing in it may reach a log, and it may never end.
        response.body.on("error", () => undefined).destroy();
        return statusFailure(status, what, headerText(headers["retry-after"]));
      }
      const contentType = headerText(headers["content-type"]) ?? "none";
      if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType)) {
        response.body.on("error", () => undefined).destroy();
        return failure("vendor.malformed", `${what}: not JSON but ${safe(contentType)}`, false, { status });
      }
      const text = await readCapped(response.body, maxBodyBytes);
      if (text === null)
        return failure("vendor.tooLarge", `${what}: over ${maxBodyBytes} bytes`, false, { status });
      try {
        return { value: JSON.parse(text) as unknown };
      } catch {
        return failure("vendor.malformed", `${what}: broken JSON`, false, { status });
      }
    } catch (cause) {
      call.signal.throwIfAborted();
      if (cause instanceof VendorError) return { error: cause, isRetriable: false };
      if (
        stop.signal.aborted ||
        cause instanceof errors.HeadersTimeoutError ||
        cause instanceof errors.BodyTimeoutError
      ) {
        // A time-out has cost its full wait already; the next run tries again.
        return failure("vendor.unreachable", `${what}: time-out`, false, { cause });
      }
      if (hasHeaders) return failure("vendor.malformed", `${what}: body broke off`, true, { cause });
      return failure("vendor.unreachable", `${what}: ${errorName(cause)}`, true, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Follows redirects within the origin only, so that credentials never leave it. */
  async function follow(call: Call, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    let url = call.url;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      checkUrl(url, options);
      const { method, headers, body } = call;
      const response = await request(url, { method, headers, body, signal, dispatcher: agent });
      const location = headerText(response.headers["location"]);
      if (response.statusCode < 300 || response.statusCode > 399 || location === null) return response;
      response.body.on("error", () => undefined).destroy();
      const target = URL.canParse(location, url) ? new URL(location, url) : null;
      if (method !== "GET" || target === null || target.origin !== url.origin) {
        throw new VendorError("vendor.blocked", `${url.host}: redirect refused`, {
          status: response.statusCode,
        });
      }
      url = target;
    }
    throw new VendorError("vendor.endless", `${url.host}: redirects do not end`);
  }

  return {
    getJson: (url, { headers = {}, signal }) =>
      send({ method: "GET", url, headers: { accept: "application/json", ...headers }, body: null, signal }),
    postForm: (url, form, { headers = {}, signal }) =>
      send({
        method: "POST",
        url,
        headers: {
          accept: "application/json",
          "content-type": "application/x-www-form-urlencoded",
          ...headers,
        },
        body: new URLSearchParams(form).toString(),
        signal,
      }),
    postJson: (url, json, { headers = {}, signal }) =>
      send({
        method: "POST",
        url,
        headers: { accept: "application/json", "content-type": "application/json", ...headers },
        body: JSON.stringify(json),
        signal,
        isOnce: true,
      }),
    close: () => agent.destroy(),
  };
}

function createPace(maxPerSecond: number | undefined): (signal: AbortSignal) => Promise<void> {
  if (maxPerSecond === undefined) return async (signal) => signal.throwIfAborted();
  let nextAt = 0;
  return async (signal) => {
    signal.throwIfAborted();
    const now = performance.now();
    const at = Math.max(now, nextAt);
    nextAt = at + 1_000 / maxPerSecond;
    if (at > now) await sleep(at - now, undefined, { signal });
  };
}

async function readCapped(body: Dispatcher.ResponseData["body"], maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function statusFailure(status: number, what: string, retryAfter: string | null): Failure {
  const seconds = retryAfter === null ? null : parseRetryAfter(retryAfter, Date.now());
  const more = seconds === null ? { status } : { status, retryAfterSeconds: seconds };
  const detail = `${what}: ${status}`;
  if (status === 401) return failure("vendor.credentials", detail, false, more);
  if (status === 403) return failure("vendor.forbidden", detail, false, more);
  if (status === 404 || status === 410) return failure("vendor.notFound", detail, false, more);
  if (status === 429) return failure("vendor.throttled", detail, true, more);
  return failure("vendor.failed", detail, status >= 500, more);
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3); null when it is neither. */
export function parseRetryAfter(value: string, now: number): number | null {
  if (/^\d{1,9}$/.test(value.trim())) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now) / 1_000));
}

function failure(
  code: VendorError["code"],
  detail: string,
  isRetriable: boolean,
  more: ConstructorParameters<typeof VendorError>[2],
): Failure {
  return { error: new VendorError(code, detail, more), isRetriable };
}

function headerText(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function safe(value: string): string {
  return value.replaceAll(/[^\w./;= -]/g, "").slice(0, 60);
}

function errorName(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  return typeof code === "string" ? safe(code) : "no connection";
}

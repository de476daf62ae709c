// Requests that bear an access token of the OAuth client credentials grant: fetched once, renewed in time and after a 401.
import type { z } from "zod";
import type { HttpClient } from "#server/http/client.ts";
import { VendorError } from "#server/http/errors.ts";
import type { Credentials } from "#server/sync/snapshot.ts";
import { parseAs } from "./lenient.ts";

// Where the vendor does not say how long a token lasts.
const TOKEN_SECONDS = 3_600;
// A fresh one is fetched well before: vendors limit how often.
const TOKEN_USED_PART = 55 / 60;

type TokenShape = z.ZodType<{ access_token: string; expires_in?: number | null | undefined }>;
type Held<Answer> = { answer: Answer; value: string; freshUntil: number };

export type Bearer<Answer> = {
  /** What the vendor said with the token in use. */
  token(): Promise<Answer>;
  get(url: URL, headers?: Record<string, string>): Promise<unknown>;
  /** Sent once; once more only where the vendor refused the token, and so did nothing. */
  post(url: URL, json: unknown, headers?: Record<string, string>): Promise<unknown>;
  /** Whether this error means that no token can be had, so that nothing more can be read. */
  isWithoutToken(error: unknown): boolean;
};

/** Everything throws VendorError; vendor.credentials where the vendor refuses the client id or its secret. */
export function createBearer<Shape extends TokenShape>(
  http: HttpClient,
  options: { url: URL; credentials: Credentials; scope: string; shape: Shape; signal: AbortSignal },
): Bearer<z.output<Shape>> {
  const { url: tokenUrl, credentials, scope, shape, signal } = options;
  let held: Promise<Held<z.output<Shape>>> | null = null;
  let tokenError: unknown = null;

  async function fetchToken(): Promise<Held<z.output<Shape>>> {
    const asked = performance.now();
    try {
      const form = {
        grant_type: "client_credentials",
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
        scope,
      };
      const answer = parseAs(shape, await http.postForm(tokenUrl, form, { signal }), "token");
      const seconds = (answer.expires_in ?? TOKEN_SECONDS) * TOKEN_USED_PART;
      return { answer, value: answer.access_token, freshUntil: asked + seconds * 1_000 };
    } catch (error) {
      // OAuth answers wrong client data with 400 as well as with 401.
      const isRefused = error instanceof VendorError && error.status === 400;
      tokenError = isRefused ? new VendorError("vendor.credentials", error.detail, { status: 400 }) : error;
      throw tokenError;
    }
  }

  /** Requests in parallel that meet the same stale token share one new one. */
  function renew(stale: Promise<Held<z.output<Shape>>>): Promise<Held<z.output<Shape>>> {
    if (held === stale || held === null) held = fetchToken();
    return held;
  }

  /** Sends with a fresh token, and with a new one where the vendor refused it. */
  async function borne(send: (authorization: string) => Promise<unknown>): Promise<unknown> {
    let used = (held ??= fetchToken());
    if (performance.now() >= (await used).freshUntil) used = renew(used);
    try {
      return await send(`Bearer ${(await used).value}`);
    } catch (error) {
      if (!(error instanceof VendorError) || error.status !== 401) throw error;
      return send(`Bearer ${(await renew(used)).value}`);
    }
  }

  return {
    token: async () => (await (held ??= fetchToken())).answer,
    get: (url, headers = {}) =>
      borne((authorization) => http.getJson(url, { signal, headers: { authorization, ...headers } })),
    post: (url, json, headers = {}) =>
      borne((authorization) => http.postJson(url, json, { signal, headers: { authorization, ...headers } })),
    isWithoutToken: (error) => error !== null && error === tokenError,
  };
}

// The session with Sophos Central: token, who we are, and requests with the right scope header to the right host.
import { createHttpClient } from "#server/http/client.ts";
import { VendorError } from "#server/http/errors.ts";
import type { ConnectorInput } from "#server/sync/snapshot.ts";
import { readPages, type PageOptions } from "./paging.ts";
import { sophosHosts, type SophosSettings } from "./settings.ts";
import { Token, Whoami, parseAs } from "./shapes.ts";

// Tokens last an hour; a fresh one is fetched well before.
const TOKEN_SECONDS = 3_600;
const TOKEN_USED_PART = 55 / 60;

type Query = Record<string, string>;
type AccessToken = { value: string; freshUntil: number };
export type Partner = { id: string; kind: string; apiUrl: string };
export type SophosClient = {
  whoami(): Promise<Partner>;
  partnerPages(
    partner: Partner,
    path: string,
    options: Omit<PageOptions, "what" | "style">,
  ): AsyncGenerator<unknown[]>;
  tenantPages(
    tenant: { id: string; apiHost: string },
    path: string,
    options: Omit<PageOptions, "what" | "style">,
  ): AsyncGenerator<unknown[]>;
  tenantObject(tenant: { id: string; apiHost: string }, path: string): Promise<unknown>;
  /** Whether this error means that no token can be had, so that nothing more can be read. */
  isWithoutToken(error: unknown): boolean;
  close(): Promise<void>;
};

export function createSophosClient(
  input: ConnectorInput,
  settings: SophosSettings,
  signal: AbortSignal,
): SophosClient {
  const http = createHttpClient({
    hosts: sophosHosts,
    allowLoopback: input.allowLoopback,
    headersMs: settings.headersTimeoutSeconds * 1_000,
    maxRetries: settings.maxRetries,
    backoffMs: settings.backoffMs,
    maxPerSecond: settings.maxPerSecond === 0 ? undefined : settings.maxPerSecond,
  });
  let token: Promise<AccessToken> | null = null;
  let tokenError: unknown = null;

  async function fetchToken(): Promise<AccessToken> {
    const asked = performance.now();
    try {
      const form = {
        grant_type: "client_credentials",
        client_id: input.credentials.clientId,
        client_secret: input.credentials.clientSecret,
        scope: "token",
      };
      const url = new URL("/api/v2/oauth2/token", settings.idUrl);
      const answer = parseAs(Token, await http.postForm(url, form, { signal }), "token");
      const seconds = (answer.expires_in ?? TOKEN_SECONDS) * TOKEN_USED_PART;
      return { value: answer.access_token, freshUntil: asked + seconds * 1_000 };
    } catch (error) {
      // OAuth answers wrong client data with 400 as well as with 401.
      const isRefused = error instanceof VendorError && error.status === 400;
      tokenError = isRefused ? new VendorError("vendor.credentials", error.detail, { status: 400 }) : error;
      throw tokenError;
    }
  }

  /** Requests in parallel that meet the same stale token share one new one. */
  function renew(stale: Promise<AccessToken>): Promise<AccessToken> {
    if (token === stale || token === null) token = fetchToken();
    return token;
  }

  async function get(url: URL, scope: Record<string, string>): Promise<unknown> {
    const send = ({ value }: AccessToken): Promise<unknown> =>
      http.getJson(url, { signal, headers: { authorization: `Bearer ${value}`, ...scope } });
    let used = (token ??= fetchToken());
    if (performance.now() >= (await used).freshUntil) used = renew(used);
    try {
      return await send(await used);
    } catch (error) {
      if (!(error instanceof VendorError) || error.status !== 401) throw error;
      return send(await renew(used));
    }
  }

  function pages(
    origin: string,
    path: string,
    scope: Record<string, string>,
    options: PageOptions,
  ): AsyncGenerator<unknown[]> {
    return readPages((query) => get(address(origin, path, query), scope), options);
  }

  return {
    async whoami() {
      const answer = parseAs(Whoami, await get(address(settings.apiUrl, "/whoami/v1", {}), {}), "whoami");
      if (answer.idType !== "partner") {
        throw new VendorError(
          "vendor.wrongKind",
          `whoami: not a partner but ${answer.idType.replaceAll(/\W/g, "").slice(0, 30)}`,
        );
      }
      return { id: answer.id, kind: answer.idType, apiUrl: answer.apiHosts?.global ?? settings.apiUrl };
    },
    partnerPages: (partner, path, options) =>
      pages(
        partner.apiUrl,
        path,
        { "x-partner-id": partner.id },
        { ...options, style: "number", what: path },
      ),
    tenantPages: (tenant, path, options) =>
      pages(tenant.apiHost, path, { "x-tenant-id": tenant.id }, { ...options, style: "key", what: path }),
    tenantObject: (tenant, path) => get(address(tenant.apiHost, path, {}), { "x-tenant-id": tenant.id }),
    isWithoutToken: (error) => error !== null && error === tokenError,
    close: () => http.close(),
  };
}

function address(origin: string, path: string, query: Query): URL {
  if (!URL.canParse(path, origin)) throw new VendorError("vendor.malformed", `${path}: no usable host`);
  const url = new URL(path, origin);
  url.search = new URLSearchParams(query).toString();
  return url;
}

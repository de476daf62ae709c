// The session with Sophos Central: token, who we are, and requests with the right scope header to the right host.
import { createHttpClient } from "#server/http/client.ts";
import { VendorError } from "#server/http/errors.ts";
import type { ConnectorInput } from "#server/sync/snapshot.ts";
import { createBearer } from "#server/sync/connectors/bearer.ts";
import { parseAs } from "#server/sync/connectors/lenient.ts";
import { readPages, type PageOptions } from "./paging.ts";
import { sophosHosts, type SophosSettings } from "./settings.ts";
import { Token, Whoami } from "./shapes.ts";

type Query = Record<string, string>;
export type Partner = { id: string; kind: string; apiUrl: string };
export type SophosClient = {
  whoami(): Promise<Partner>;
  partnerPages(
    partner: Partner,
    path: string,
    options: Omit<PageOptions, "what" | "style">,
  ): AsyncGenerator<unknown[]>;
  partnerPost(partner: Partner, path: string, json: unknown): Promise<unknown>;
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
    calls: input.budget,
  });
  const bearer = createBearer(http, {
    url: new URL("/api/v2/oauth2/token", settings.idUrl),
    credentials: input.credentials,
    scope: "token",
    shape: Token,
    signal,
  });

  function pages(
    origin: string,
    path: string,
    scope: Record<string, string>,
    options: PageOptions,
  ): AsyncGenerator<unknown[]> {
    return readPages((query) => bearer.get(address(origin, path, query), scope), options);
  }

  return {
    async whoami() {
      const answer = parseAs(Whoami, await bearer.get(address(settings.apiUrl, "/whoami/v1", {})), "whoami");
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
    partnerPost: (partner, path, json) =>
      bearer.post(address(partner.apiUrl, path, {}), json, { "x-partner-id": partner.id }),
    tenantPages: (tenant, path, options) =>
      pages(tenant.apiHost, path, { "x-tenant-id": tenant.id }, { ...options, style: "key", what: path }),
    tenantObject: (tenant, path) =>
      bearer.get(address(tenant.apiHost, path, {}), { "x-tenant-id": tenant.id }),
    isWithoutToken: bearer.isWithoutToken,
    close: () => http.close(),
  };
}

function address(origin: string, path: string, query: Query): URL {
  if (!URL.canParse(path, origin)) throw new VendorError("vendor.malformed", `${path}: no usable host`);
  const url = new URL(path, origin);
  url.search = new URLSearchParams(query).toString();
  return url;
}

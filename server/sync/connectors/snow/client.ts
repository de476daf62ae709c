// The session with one Snow Atlas system: its token, whose system it is, and requests that bear the token.
import type { z } from "zod";
import { createHttpClient } from "#server/http/client.ts";
import { VendorError } from "#server/http/errors.ts";
import { createBearer } from "#server/sync/connectors/bearer.ts";
import { parseAs } from "#server/sync/connectors/lenient.ts";
import type { ConnectorInput } from "#server/sync/snapshot.ts";
import { type ListOptions, readList } from "./paging.ts";
import { originOf, snowHosts, type SnowSettings } from "./settings.ts";
import { Claims, Token } from "./shapes.ts";

type Claims = z.output<typeof Claims>;

export type SnowClient = {
  /** Whose system the credentials open, in the vendor's words; null where the vendor does not say. */
  identity(): Promise<Claims | null>;
  list<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
    options: Omit<ListOptions<z.output<Shape>>, "what" | "pageSize">,
  ): Promise<void>;
  object<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
    query?: Record<string, string>,
  ): Promise<z.output<Shape>>;
  /** Whether this error means that no token can be had, so that nothing more can be read. */
  isWithoutToken(error: unknown): boolean;
  close(): Promise<void>;
};

export function createSnowClient(
  input: ConnectorInput,
  settings: SnowSettings,
  signal: AbortSignal,
): SnowClient {
  const http = createHttpClient({
    hosts: snowHosts,
    allowLoopback: input.allowLoopback,
    headersMs: settings.headersTimeoutSeconds * 1_000,
    maxRetries: settings.maxRetries,
    backoffMs: settings.backoffMs,
    maxPerSecond: settings.maxPerSecond === 0 ? undefined : settings.maxPerSecond,
    calls: input.budget,
  });
  const origin = originOf(settings);
  const bearer = createBearer(http, {
    url: new URL("/idp/api/connect/token", origin),
    credentials: input.credentials,
    // Adds the identity token, which names the system: the access token is opaque by the vendor's word.
    scope: "openid",
    shape: Token,
    signal,
  });

  function get(path: string, query: Record<string, string>): Promise<unknown> {
    const url = new URL(path, origin);
    url.search = new URLSearchParams(query).toString();
    return bearer.get(url);
  }

  return {
    async identity() {
      const { id_token: identityToken } = await bearer.token();
      return identityToken ? claimsOf(identityToken) : null;
    },
    list: (path, shape, options) =>
      readList((query) => get(path, query), shape, {
        ...options,
        what: path,
        pageSize: settings.pageSize,
      }),
    object: async (path, shape, query = {}) => parseAs(shape, await get(path, query), path),
    isWithoutToken: bearer.isWithoutToken,
    close: () => http.close(),
  };
}

/** It came from the vendor over TLS in answer to our secret, so its signature tells nothing more (OpenID Connect Core 3.1.3.7). */
function claimsOf(identityToken: string): Claims {
  const [, payload = ""] = identityToken.split(".");
  try {
    return parseAs(Claims, JSON.parse(Buffer.from(payload, "base64url").toString("utf8")), "token");
  } catch (cause) {
    throw new VendorError("vendor.malformed", "token: unexpected id_token", { cause });
  }
}

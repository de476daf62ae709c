// What an identity provider says of itself (OpenID Connect Discovery 1.0), read by the rules for outgoing requests.
import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { z } from "zod";
import { env } from "#server/env.ts";
import { AppError } from "#server/errors.ts";
import { checkedLookup, checkUrl } from "#server/http/addresses.ts";
import { createHttpClient } from "#server/http/client.ts";
import { VendorError } from "#server/http/errors.ts";

const CONNECT_MS = 3_000;
const TOTAL_MS = 10_000;
const MOST_BYTES = 1_000_000;

const Document = z.object({
  issuer: z.string().max(500),
  authorization_endpoint: z.url().max(2000),
  token_endpoint: z.url().max(2000),
  jwks_uri: z.url().max(2000),
  id_token_signing_alg_values_supported: z.array(z.string()).optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  code_challenge_methods_supported: z.array(z.string()).optional(),
});

export type Discovery = {
  /** As the provider writes it: what the `iss` of its tokens is compared to. */
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  jwksUri: string;
  /** Of the algorithms the provider signs with the one we ask for: asymmetric ones only, never `none`. */
  algorithm: string;
  sendsSecretInBody: boolean;
};

/** In the order of preference; RS256 is what every provider has to support. */
const algorithms = ["RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512"];

/** A partner's provider may be any public host: it is the partner's choice. What is not public is nobody's. */
const rulesFor = (url: URL) => ({ hosts: [url.hostname], allowLoopback: env().allowLoopback });

function requirePublic(address: string): void {
  const url = new URL(address);
  try {
    checkUrl(url, rulesFor(url));
  } catch (cause) {
    throw new AppError("issuer.blocked", { cause });
  }
}

/** Without the slash at its end, which people type or leave away. */
const bare = (issuer: string) => issuer.replace(/\/$/, "");

/**
 * Reads the discovery document of `issuer`. Throws issuer.blocked (no public https address, or one of its endpoints is none),
 * issuer.unreachable, issuer.mismatch (it speaks for another issuer), issuer.unsupported (no code flow that we can trust).
 */
export async function discover(issuer: string): Promise<Discovery> {
  if (!URL.canParse(issuer) || /[?#]/.test(issuer)) throw new AppError("issuer.blocked");
  requirePublic(issuer);
  const client = createHttpClient({
    ...rulesFor(new URL(issuer)),
    connectMs: CONNECT_MS,
    headersMs: TOTAL_MS,
    bodyMs: TOTAL_MS,
    maxBodyBytes: MOST_BYTES,
    maxRetries: 0,
  });
  try {
    const address = new URL(`${bare(issuer)}/.well-known/openid-configuration`);
    const given = await client.getJson(address, { signal: AbortSignal.timeout(TOTAL_MS) });
    return accept(issuer, given);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const isBlocked = cause instanceof VendorError && cause.code === "vendor.blocked";
    throw new AppError(isBlocked ? "issuer.blocked" : "issuer.unreachable", { cause });
  } finally {
    await client.close();
  }
}

function accept(issuer: string, given: unknown): Discovery {
  const parsed = Document.safeParse(given);
  if (!parsed.success) throw new AppError("issuer.unsupported", { cause: parsed.error });
  const document = parsed.data;
  if (bare(document.issuer) !== bare(issuer)) throw new AppError("issuer.mismatch");
  for (const address of [document.authorization_endpoint, document.token_endpoint, document.jwks_uri])
    requirePublic(address);
  const signs = document.id_token_signing_alg_values_supported ?? ["RS256"];
  const algorithm = algorithms.find((one) => signs.includes(one));
  const challenges = document.code_challenge_methods_supported;
  if (!algorithm || (challenges && !challenges.includes("S256"))) throw new AppError("issuer.unsupported");
  const methods = document.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  return {
    issuer: document.issuer,
    authorizationEndpoint: document.authorization_endpoint,
    tokenEndpoint: document.token_endpoint,
    jwksUri: document.jwks_uri,
    algorithm,
    sendsSecretInBody: !methods.includes("client_secret_basic") && methods.includes("client_secret_post"),
  };
}

/** Cuts a connection that brings too much or lasts too long: the library that uses the agent bounds neither. */
function bounded<S extends Socket>(socket: S): S {
  const end = performance.now() + TOTAL_MS;
  const watch = setInterval(() => {
    if (socket.bytesRead > MOST_BYTES || performance.now() > end)
      socket.destroy(new Error("the provider's answer is too long"));
  }, 50);
  socket.once("close", () => clearInterval(watch));
  return socket;
}

type Requests = { addRequest(request: http.ClientRequest, options: object): void };
type Connects = { createConnection(options: object, callback?: unknown): Socket };

/**
 * The agent for tokens and keys: addresses are judged as they are connected to, size and time are bounded. One for both
 * protocols, because the library takes one for all providers (http is the loopback of demo and tests).
 */
export function providerAgent(): http.Agent {
  const options = {
    keepAlive: false,
    lookup: checkedLookup({ hosts: [], allowLoopback: env().allowLoopback }),
  };
  const agents = { "http:": new http.Agent(options), "https:": new https.Agent(options) };
  for (const agent of Object.values(agents) as unknown as Connects[]) {
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (...given) => bounded(connect(...given));
  }
  const either = {
    // Node compares the protocol of the agent it is given, and would say "http:" for both.
    protocol: undefined,
    defaultPort: 443,
    addRequest: (request: http.ClientRequest, given: object) =>
      (agents[request.protocol as keyof typeof agents] as unknown as Requests).addRequest(request, given),
  };
  return Object.assign(new http.Agent({ keepAlive: false }), either) as unknown as http.Agent;
}

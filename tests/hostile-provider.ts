// An identity provider that lies, each time as the test says: it signs what it likes, with whatever key it likes.
import { createHmac, createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Lie = {
  /** Claims in the place of the true ones; undefined leaves one away. */
  claims?: Record<string, unknown>;
  /** How the token is signed: by the published key, another, none, or the published key taken for a shared secret. */
  signature?: "true" | "strange" | "none" | "shared";
  /** What the token endpoint answers instead. */
  tokenAnswer?: (response: ServerResponse) => void;
  /** What the discovery document says besides. */
  document?: Record<string, unknown>;
};

export type HostileProvider = { issuer: string; clientId: string; lie: Lie; close: () => Promise<void> };

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

export async function startHostileProvider(): Promise<HostileProvider> {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const strange = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own: HostileProvider = {
    issuer,
    clientId: "belvedere",
    lie: {},
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  let nonce = "";

  function sign(claims: Record<string, unknown>): string {
    const { signature = "true" } = own.lie;
    const alg = { true: "RS256", strange: "RS256", none: "none", shared: "HS256" }[signature];
    const text = `${part({ alg, kid: "one", typ: "JWT" })}.${part(claims)}`;
    const rsa = (key: KeyObject) => createSign("RSA-SHA256").update(text).sign(key, "base64url");
    const published = pair.publicKey.export({ type: "spki", format: "pem" });
    const seal = {
      true: () => rsa(pair.privateKey),
      strange: () => rsa(strange),
      none: () => "",
      shared: () => createHmac("sha256", published).update(text).digest("base64url"),
    }[signature]();
    return `${text}.${seal}`;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", issuer);
    const json = (value: unknown) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(value));
    };
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return json({
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          id_token_signing_alg_values_supported: ["RS256", "none", "HS256"],
          ...own.lie.document,
        });
      case "/jwks":
        return json({
          keys: [{ ...pair.publicKey.export({ format: "jwk" }), kid: "one", use: "sig", alg: "RS256" }],
        });
      case "/auth": {
        nonce = url.searchParams.get("nonce") ?? "";
        const back = new URL(url.searchParams.get("redirect_uri") ?? "");
        back.searchParams.set("code", "any-code");
        back.searchParams.set("state", url.searchParams.get("state") ?? "");
        response.statusCode = 302;
        response.setHeader("location", back.href);
        return void response.end();
      }
      case "/token": {
        if (own.lie.tokenAnswer) return own.lie.tokenAnswer(response);
        const now = Math.floor(Date.now() / 1000);
        const claims = {
          iss: issuer,
          sub: "ada-17",
          aud: own.clientId,
          iat: now,
          exp: now + 60,
          nonce,
          email: "ada@provider.example",
          ...own.lie.claims,
        };
        return json({ access_token: "any", token_type: "Bearer", id_token: sign(claims) });
      }
      default:
        response.statusCode = 404;
        response.end();
    }
  }
  return own;
}

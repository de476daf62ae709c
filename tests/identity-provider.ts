// A certified OpenID provider on loopback, whose person is whoever the test says is signed in there.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type ClientMetadata, type Configuration, Provider } from "oidc-provider";

export type IdentityProvider = {
  issuer: string;
  clientId: string;
  clientSecret: string | null;
  /** Who signs in there from now on. */
  person: { subject: string; email: string };
  /** Set: the next person at the provider turns away instead. */
  isCancelling: boolean;
  close: () => Promise<void>;
};

/** Starts a provider with one client; without `clientSecret` a public one, which PKCE alone protects. */
export async function startIdentityProvider(
  redirectUris: string[],
  { clientSecret = "a-secret-of-the-client" }: { clientSecret?: string | null } = {},
): Promise<IdentityProvider> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signing = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const own: IdentityProvider = {
    issuer,
    clientId: "belvedere",
    clientSecret,
    person: { subject: "ada-17", email: "ada@provider.example" },
    isCancelling: false,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const client: ClientMetadata = {
    client_id: own.clientId,
    redirect_uris: redirectUris,
    grant_types: ["authorization_code"],
    response_types: ["code"],
    ...(clientSecret === null
      ? { token_endpoint_auth_method: "none" }
      : { token_endpoint_auth_method: "client_secret_basic", client_secret: clientSecret }),
  };
  const configuration: Configuration = {
    clients: [client],
    jwks: {
      keys: [{ ...signing.privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "one" }],
    },
    cookies: { keys: ["for this test alone"] },
    claims: { openid: ["sub"], email: ["email"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 60, Interaction: 60, Session: 60, Grant: 60 },
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, email: own.person.email }),
    }),
    async loadExistingGrant(ctx) {
      const { client: asking, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({
        clientId: asking?.clientId ?? "",
        accountId: session?.accountId ?? "",
      });
      grant.addOIDCScope("openid email");
      await grant.save();
      return grant;
    },
  };
  const provider = new Provider(issuer, configuration);
  const handle = provider.callback();
  async function answer(
    request: Parameters<typeof handle>[0],
    response: Parameters<typeof handle>[1],
  ): Promise<void> {
    if (!request.url?.startsWith("/interaction/")) return void handle(request, response);
    const result = own.isCancelling
      ? { error: "access_denied", error_description: "turned away" }
      : { login: { accountId: own.person.subject } };
    await provider.interactionFinished(request, response, result);
  }
  return own;
}

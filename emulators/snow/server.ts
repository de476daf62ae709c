// A local stand-in for Snow Atlas: one process plays every customer's system, told apart by the client that asks.
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, readBody, sendJson } from "#emulators/exchange.ts";
import { createControl, quietRule } from "#emulators/faults.ts";
import type { Control, Rule } from "#emulators/faults.ts";
import { answerControl, misbehave } from "#emulators/misbehave.ts";
import { uuid } from "#emulators/random.ts";
import { createTokens } from "#emulators/tokens.ts";
import type { Tokens } from "#emulators/tokens.ts";
import { sendError } from "./errors.ts";
import { BadRequest } from "./paging.ts";
import { route } from "./routes.ts";
import { snowRegistrations } from "./systems.ts";
import type { Registration, SnowSystem } from "./systems.ts";

export type SnowEmulatorOptions = {
  /** 0 = any free one. */
  port: number;
  /** `2026-11-21`; the present day (UTC) when absent. */
  today?: string;
  tokenSeconds?: number;
  /** Tokens that one client may be given in a minute. */
  tokensPerMinute?: number;
  /** Tokens of one client that work at the same time; the oldest stops when there is one more. */
  liveTokens?: number;
};

export type SnowEmulator = { port: number; url: string; close(): Promise<void> };

const TOKEN_PATH = "/idp/api/connect/token";

type Context = {
  control: Control;
  tokens: Tokens;
  today(): string;
  tokenSeconds: number;
  tokensPerMinute: number;
  liveTokens: number;
  clients: Map<string, Registration>;
  issued: Map<string, Issue[]>;
  /** Systems whose planted 429 was given and that answer properly once. */
  throttled: Set<string>;
};
type Issue = { token: string; at: number };

export async function startSnowEmulator(options: SnowEmulatorOptions): Promise<SnowEmulator> {
  const control = createControl();
  const context: Context = {
    control,
    tokens: createTokens(control),
    today: () => options.today ?? new Date().toISOString().slice(0, 10),
    tokenSeconds: options.tokenSeconds ?? 3_600,
    tokensPerMinute: options.tokensPerMinute ?? 60,
    liveTokens: options.liveTokens ?? 10,
    clients: new Map(snowRegistrations().map((registration) => [registration.clientId, registration])),
    issued: new Map(),
    throttled: new Set(),
  };
  const { url, close } = await listen(options.port, (request, response) =>
    handle(request, response, context),
  );
  return { port: Number(new URL(url).port), url, close };
}

const page = { items: [], pagination: { page_size: 100, page_number: 1, total_pages: 1, total_items: 0 } };

async function handle(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const url = new URL(request.url ?? "/", "http://emulator.invalid");
  const path = url.pathname;
  if (path === "/__control") return answerControl(request, response, context.control, context.today());
  const form = path === TOKEN_PATH ? new URLSearchParams(await readBody(request)) : null;
  const client = context.clients.get(form?.get("client_id") ?? holderOf(request, context) ?? "");
  const rule = context.control.find(client?.system.id ?? null, path);
  if (rule && (await misbehave(rule, request, response, sendError, page))) return;
  if (context.control.isOverLimit(Date.now())) {
    return sendError(response, 429, "Too Many Requests", context.control.rateLimit()?.retryAfter ?? null);
  }
  if (form) return token(request, response, form, client, rule, context);
  if (!client) return sendError(response, 401, "Unauthorized", null);
  if (request.method !== "GET") return sendError(response, 405, "Method Not Allowed", null);
  const planted = plantedRule(client.system, path, context);
  if (planted && (await misbehave(planted, request, response, sendError, page))) return;
  try {
    const answer = route(path, url.searchParams, client.system, context.today(), rule?.mode === "endless");
    if (answer?.status === 200) sendJson(response, 200, answer.body);
    else sendError(response, answer?.status ?? 404, String(answer?.body ?? "Not Found"), null);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    sendError(response, 400, error.message, null);
  }
}

/** The client whose token this is, if it is among those that may still be used. */
function holderOf(request: IncomingMessage, context: Context): string | null {
  const holder = context.tokens.subjectOf(request);
  const [, bearer] = (request.headers.authorization ?? "").split(" ");
  const live = context.issued.get(holder ?? "")?.slice(-context.liveTokens) ?? [];
  return live.some((one) => one.token === bearer) ? holder : null;
}

function plantedRule({ id, isThrottled }: SnowSystem, path: string, context: Context): Rule | null {
  if (!isThrottled || path !== "/api/sam/estate/v1/computers" || context.throttled.has(id)) return null;
  context.throttled.add(id);
  return { ...quietRule, mode: "status", status: 429, retryAfter: "1" };
}

function token(
  request: IncomingMessage,
  response: ServerResponse,
  form: URLSearchParams,
  client: Registration | undefined,
  rule: Rule | null,
  context: Context,
): void {
  if (request.method !== "POST") return sendError(response, 405, "Method Not Allowed", null);
  if (form.get("grant_type") !== "client_credentials")
    return sendJson(response, 400, { error: "unsupported_grant_type" });
  if (!client || client.clientSecret !== form.get("client_secret"))
    return sendJson(response, 400, { error: "invalid_client" });
  const now = Date.now();
  const issued = (context.issued.get(client.clientId) ?? []).filter(
    ({ at }) => at > now - context.tokenSeconds * 1_000 || at > now - 60_000,
  );
  if (issued.filter(({ at }) => at > now - 60_000).length >= context.tokensPerMinute)
    return sendError(response, 429, "Too Many Requests", "60");
  const accessToken = context.tokens.issue(client.clientId, context.tokenSeconds);
  context.issued.set(client.clientId, [...issued, { token: accessToken, at: now }]);
  context.throttled.delete(client.system.id);
  sendJson(response, 200, {
    access_token: accessToken,
    token_type: "Bearer",
    expires_in: context.tokenSeconds,
    ...(form.get("scope")?.split(" ").includes("openid")
      ? { id_token: identityToken(client, rule?.mode === "wrongTenant"), scope: "openid" }
      : {}),
  });
}

/** Names the system that the client is bound to; nobody here checks its signature. */
function identityToken({ system, clientId }: Registration, isOfAnother: boolean): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    sub: clientId,
    tenant: isOfAnother ? uuid("snow-system", "another", system.id) : system.id,
    tenant_name: system.name,
    region: system.region,
  };
  return `${encode({ alg: "none", typ: "JWT" })}.${encode(claims)}.`;
}

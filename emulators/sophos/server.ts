// A local stand-in for Sophos Central Partner: the vendor's wire format over HTTP on loopback, with its unpleasant habits.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { header, listen, readBody, sendJson } from "#emulators/exchange.ts";
import type { Listener } from "#emulators/exchange.ts";
import { createControl, quietRule } from "#emulators/faults.ts";
import type { Control, Rule } from "#emulators/faults.ts";
import { answerControl, misbehave } from "#emulators/misbehave.ts";
import { createTokens } from "#emulators/tokens.ts";
import type { Tokens } from "#emulators/tokens.ts";
import { sendError } from "./errors.ts";
import { BadRequest } from "./paging.ts";
import { openTenant } from "./open.ts";
import { describeTenant, partnerRoute, tenantRoute, whoami } from "./routes.ts";
import type { Answer, World } from "./routes.ts";
import { sophosPartners } from "./partners.ts";
import type { Partner, PartnerKey } from "./partners.ts";
import { tenantsOf } from "./tenants.ts";
import type { PlantedFault, Region, Tenant } from "./tenants.ts";

export type SophosEmulatorOptions = {
  /** 0 = any free one. The regional hosts get free ports of their own. */
  port: number;
  /** `2026-11-21`; the present day (UTC) when absent. */
  today?: string;
  partners?: readonly PartnerKey[];
  tokenSeconds?: number;
};

export type SophosEmulator = { port: number; url: string; close(): Promise<void> };

type Context = {
  control: Control;
  partners: Partner[];
  world(): World;
  tokens: Tokens;
  tokenSeconds: number;
  /** Tenants whose planted 429 was given and that answer properly once. */
  throttled: Set<string>;
  tenantsById: Map<string, { tenant: Tenant; partner: Partner }>;
};

export async function startSophosEmulator(options: SophosEmulatorOptions): Promise<SophosEmulator> {
  const control = createControl();
  const partners = (options.partners ?? ["alpina", "lagune"]).map((key) => sophosPartners[key]);
  const urls = { global: "", eu01: "", eu02: "" };
  const opened: World["opened"] = { alpina: [], lagune: [] };
  const context: Context = {
    control,
    partners,
    world: () => ({
      opened,
      today: options.today ?? new Date().toISOString().slice(0, 10),
      globalUrl: urls.global,
      regionUrls: { eu01: urls.eu01, eu02: urls.eu02 },
    }),
    tokens: createTokens(control),
    tokenSeconds: options.tokenSeconds ?? 3_600,
    throttled: new Set(),
    tenantsById: new Map(
      partners.flatMap((partner) => tenantsOf(partner.key).map((tenant) => [tenant.id, { tenant, partner }])),
    ),
  };
  const listeners: Listener[] = [];
  const close = async (): Promise<void> => void (await Promise.all(listeners.map((one) => one.close())));
  for (const name of ["global", "eu01", "eu02"] as const) {
    const listener = await listen(name === "global" ? options.port : 0, (request, response) =>
      handle(request, response, name, context),
    ).catch(async (error: unknown) => {
      await close();
      throw error;
    });
    listeners.push(listener);
    urls[name] = listener.url;
  }
  return { port: Number(new URL(urls.global).port), url: urls.global, close };
}

const page = { items: [], pages: { size: 50, maxSize: 500 } };

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  host: "global" | Region,
  context: Context,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://emulator.invalid");
  if (url.pathname === "/__control")
    return answerControl(request, response, context.control, context.world().today);
  const tenantId = header(request, "x-tenant-id");
  const rule = context.control.find(tenantId, url.pathname);
  if (rule && (await misbehave(rule, request, response, sendError, page))) return;
  if (context.control.isOverLimit(Date.now())) {
    return sendError(response, 429, "Too many requests", context.control.rateLimit()?.retryAfter ?? null);
  }
  if (host === "global" && url.pathname === "/api/v2/oauth2/token") return token(request, response, context);
  const isOpening = host === "global" && request.method === "POST" && url.pathname === "/partner/v1/tenants";
  if (request.method !== "GET" && !isOpening) return sendError(response, 405, "Method not allowed", null);

  const holder = context.tokens.subjectOf(request);
  const partner = context.partners.find(({ key }) => key === holder);
  if (!partner) return sendError(response, 401, "Missing or invalid token", null);
  if (isOpening) return open(request, response, partner, context);
  const known = host === "global" || tenantId === null ? undefined : context.tenantsById.get(tenantId);
  const planted = known?.partner === partner ? plantedRule(known.tenant, url, context) : null;
  if (planted && (await misbehave(planted, request, response, sendError, page))) return;
  try {
    const answer =
      host === "global"
        ? globalRoute(request, url, partner, context)
        : regionRoute(tenantId, known, url, partner, host, context, rule);
    if (answer.status === 200) sendJson(response, 200, answer.body);
    else sendError(response, answer.status, String(answer.body), null);
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    sendError(response, 400, error.message, null);
  }
}

/** `POST /tenants`: a tenant as its contact and billing say, empty as new ones are; it lasts as long as this stand-in. */
async function open(
  request: IncomingMessage,
  response: ServerResponse,
  partner: Partner,
  context: Context,
): Promise<void> {
  if (header(request, "x-partner-id") !== partner.id)
    return sendError(response, 401, "X-Partner-ID is missing or wrong", null);
  const opened = openTenant(await readBody(request));
  if (typeof opened === "string") return sendError(response, 400, opened, null);
  const world = context.world();
  world.opened[partner.key].push(opened);
  context.tenantsById.set(opened.id, { tenant: opened, partner });
  sendJson(response, 201, describeTenant(opened, partner, world));
}

function globalRoute(request: IncomingMessage, url: URL, partner: Partner, context: Context): Answer {
  if (url.pathname === "/whoami/v1") return whoami(partner, context.world());
  if (header(request, "x-partner-id") !== partner.id)
    return { status: 401, body: "X-Partner-ID is missing or wrong" };
  return (
    partnerRoute(url.pathname, url.searchParams, partner, context.world()) ?? {
      status: 404,
      body: "Not found",
    }
  );
}

function regionRoute(
  tenantId: string | null,
  known: { tenant: Tenant; partner: Partner } | undefined,
  url: URL,
  partner: Partner,
  host: Region,
  context: Context,
  rule: Rule | null,
): Answer {
  if (tenantId === null) return { status: 401, body: "X-Tenant-ID is missing" };
  if (known?.partner !== partner || known.tenant.region !== host)
    return { status: 403, body: "Access to this tenant is not permitted" };
  const claimedId = rule?.mode === "wrongTenant" ? randomUUID() : tenantId;
  const bent = { claimedId, isEndless: rule?.mode === "endless" };
  return (
    tenantRoute(url.pathname, url.searchParams, known.tenant, context.world(), bent) ?? {
      status: 404,
      body: "Not found",
    }
  );
}

function plantedRule({ id, fault }: Tenant, url: URL, context: Context): Rule | null {
  if (fault === null) return null;
  if (fault === "throttled") {
    // Only the first page of endpoints, so that one read meets exactly one 429.
    if (url.pathname !== "/endpoint/v1/endpoints" || context.throttled.delete(id)) return null;
    context.throttled.add(id);
  }
  const statuses: Partial<Record<PlantedFault, number>> = {
    forbidden: 403,
    gone: 404,
    failed: 500,
    throttled: 429,
  };
  const status = statuses[fault];
  if (status !== undefined)
    return { ...quietRule, mode: "status", status, retryAfter: status === 429 ? "1" : null };
  return fault === "html" || fault === "half" || fault === "hang" ? { ...quietRule, mode: fault } : null;
}

async function token(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const refuse = (status: number, errorCode: string): void =>
    sendJson(response, status, {
      errorCode,
      message: status === 401 ? "Unauthorized" : "Bad Request",
      trackingId: randomUUID(),
    });
  if (request.method !== "POST") return refuse(405, "oauth.method_not_allowed");
  const form = new URLSearchParams(await readBody(request));
  if (form.get("grant_type") !== "client_credentials" || form.get("scope") !== "token")
    return refuse(400, "oauth.invalid_request");
  const partner = context.partners.find(({ clientId }) => clientId === form.get("client_id"));
  if (!partner) return refuse(401, "oauth.invalid_client_id");
  if (partner.clientSecret !== form.get("client_secret")) return refuse(401, "oauth.invalid_client_secret");
  sendJson(response, 200, {
    access_token: context.tokens.issue(partner.key, context.tokenSeconds),
    token_type: "bearer",
    expires_in: context.tokenSeconds,
    refresh_token: randomUUID(),
    message: "OK",
    errorCode: "success",
    trackingId: randomUUID(),
  });
}

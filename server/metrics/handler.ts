// /metrics for Prometheus: with the operator's token, and not there at all where none is set.
import { createHash, timingSafeEqual } from "node:crypto";
import { env } from "#server/env.ts";
import { exposition } from "./service.ts";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const plain = (text: string, status: number, headers: Record<string, string> = {}): Response =>
  new Response(`${text}\n`, { status, headers: { "cache-control": "no-store", ...headers } });

/** 404 without METRICS_TOKEN, 401 unless `Authorization: Bearer` brings it; compared in constant time. */
export async function metricsHandler(request: Request): Promise<Response> {
  const token = env().METRICS_TOKEN;
  if (token === undefined) return plain("not found", 404);
  const given = /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  if (!timingSafeEqual(digest(given), digest(token)))
    return plain("unauthorised", 401, { "www-authenticate": 'Bearer realm="metrics"' });
  const { type, text } = await exposition();
  return new Response(text, { headers: { "content-type": type, "cache-control": "no-store" } });
}

// Errors in the vendor's own shape.
import type { ServerResponse } from "node:http";
import { sendJson } from "#emulators/exchange.ts";

export function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  retryAfter: string | null,
): void {
  const headers: Record<string, string> = retryAfter === null ? {} : { "retry-after": retryAfter };
  sendJson(response, status, { error: { code: status, message } }, headers);
}

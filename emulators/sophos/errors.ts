// Errors in the vendor's own shape.
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { sendJson } from "#emulators/exchange.ts";

const reasons: Record<number, string> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  405: "MethodNotAllowed",
  429: "TooManyRequests",
  500: "InternalServerError",
  502: "BadGateway",
  503: "ServiceUnavailable",
};

export function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  retryAfter: string | null,
): void {
  const body = {
    error: reasons[status] ?? "Error",
    correlationId: randomUUID(),
    requestId: randomUUID(),
    createdAt: new Date().toISOString(),
    message,
  };
  sendJson(response, status, body, retryAfter === null ? {} : { "retry-after": retryAfter });
}

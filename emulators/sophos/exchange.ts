// Reading requests and writing answers, errors in the vendor's own shape.
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

export async function readBody(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString("utf8");
}

export function header(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === "string" ? value : null;
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      ...headers,
    })
    .end(text);
}

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

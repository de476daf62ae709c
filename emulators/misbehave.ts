// What a fault looks like on the wire, and the control endpoint that orders it.
import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody, sendJson } from "#emulators/exchange.ts";
import type { Control, Rule } from "#emulators/faults.ts";

/** Writes an error in the vendor's own shape. */
export type SendError = (
  response: ServerResponse,
  status: number,
  message: string,
  retryAfter: string | null,
) => void;

/** true = the request is answered, or never will be. `page` is an answer of the vendor's, to be broken off. */
export async function misbehave(
  rule: Rule,
  request: IncomingMessage,
  response: ServerResponse,
  sendError: SendError,
  page: object,
): Promise<boolean> {
  switch (rule.mode) {
    case "down":
      request.socket.destroy();
      return true;
    case "hang":
      return true;
    case "slow":
      await new Promise((resolve) => setTimeout(resolve, rule.delayMs));
      return false;
    case "html":
      response
        .writeHead(200, { "content-type": "text/html; charset=utf-8" })
        .end("<!doctype html><title>Maintenance</title><p>Back soon.");
      return true;
    case "half": {
      const whole = JSON.stringify({ ...page, filler: "x".repeat(500) });
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(whole),
      });
      response.write(whole.slice(0, 100), () => response.destroy());
      return true;
    }
    case "status":
      sendError(response, rule.status, "Emulated failure", rule.retryAfter);
      return true;
    case "ok":
    case "wrongTenant":
    case "endless":
      return false;
  }
}

/** `POST /__control` takes an order, either verb tells how things stand. */
export async function answerControl(
  request: IncomingMessage,
  response: ServerResponse,
  control: Control,
  today: string,
): Promise<void> {
  if (request.method === "POST") {
    try {
      control.apply(JSON.parse(await readBody(request)));
    } catch (error) {
      return sendJson(response, 400, { message: error instanceof Error ? error.message : "Not understood." });
    }
  }
  sendJson(response, 200, { rules: control.rules(), rateLimit: control.rateLimit(), today });
}

// The two addresses that tell an operator whether the portal is well.
import { isDatabaseReady } from "./queries.ts";

const plain = (text: string, status: number): Response =>
  new Response(`${text}\n`, { status, headers: { "cache-control": "no-store" } });

/** The process answers. */
export const healthHandler = (): Response => plain("ok", 200);

/** The process and its migrated database answer: 200, else 503. */
export async function readyHandler(): Promise<Response> {
  const isReady = await isDatabaseReady().catch(() => false);
  return isReady ? plain("ready", 200) : plain("not ready", 503);
}

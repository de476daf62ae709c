// Asking a portal's push API and judging its answers, for the conformance checks.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { SnapshotInput } from "#server/sync/snapshot.ts";

const APPLIED_WITHIN_SECONDS = 60;

export type Target = { url: string; token: string; expired: string | undefined; account: string };
type Answer = { status: number; body: Record<string, unknown>; code: string | undefined };
type Push = {
  body: SnapshotInput | string;
  key?: string | null;
  headers?: Record<string, string>;
  token?: string | null;
};

class Failed extends Error {}
export class Skipped extends Error {}
export function expectThat(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Failed(otherwise);
}
export const shown = ({ status, body }: Answer) => `answered ${status} ${JSON.stringify(body).slice(0, 300)}`;

export async function ask(
  { url, token }: Target,
  path: string,
  init: RequestInit,
  as: string | null = token,
): Promise<Answer> {
  const headers = new Headers(init.headers);
  if (as !== null) headers.set("authorization", `Bearer ${as}`);
  const response = await fetch(new URL(path, url), { ...init, headers });
  const text = await response.text();
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Failed(`answered ${response.status} with something that is no JSON: ${text.slice(0, 100)}`);
  }
  const error = body["error"] as { code?: string } | null | undefined;
  return { status: response.status, body, code: error?.code };
}

export const push = (
  target: Target,
  { body, key = randomUUID(), headers = {}, token = target.token }: Push,
) =>
  ask(
    target,
    "/api/v1/snapshots",
    {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: {
        "content-type": "application/json",
        ...(key !== null && { "idempotency-key": key }),
        ...headers,
      },
    },
    token,
  );

/** A whole and valid snapshot, taken now. */
export const goodSnapshot = (account: string, given: Partial<SnapshotInput> = {}): SnapshotInput => ({
  version: 1,
  takenAt: new Date().toISOString(),
  account: { externalId: account, name: `Conformance check ${account}`, billing: "trial" },
  devices: [
    {
      externalId: "device-1",
      hostname: "CONFORMANCE-1",
      type: "computer",
      os: "Debian 13",
      state: "active",
      health: "good",
      isProtected: true,
      lastSeenAt: new Date().toISOString(),
    },
  ],
  licences: [],
  alerts: [],
  unprotectedCount: 0,
  ...given,
});

export async function refused(target: Target, what: Push, status: number, code: string): Promise<Answer> {
  const answer = await push(target, what);
  expectThat(
    answer.status === status && answer.code === code,
    `${shown(answer)}, expected ${status} ${code}`,
  );
  const { message, supportId } = answer.body["error"] as Record<string, unknown>;
  expectThat(
    typeof message === "string" && typeof supportId === "string",
    "the error has no message or supportId",
  );
  return answer;
}

export async function accepted(target: Target, body: SnapshotInput, key?: string): Promise<Answer> {
  const answer = await push(target, { body, ...(key !== undefined && { key }) });
  expectThat(answer.status === 202, `${shown(answer)}, expected 202`);
  const { id, state, statusUrl, replayed } = answer.body;
  expectThat(
    typeof id === "string" &&
      typeof state === "string" &&
      typeof statusUrl === "string" &&
      replayed === false,
    `${shown(answer)}: id, state, statusUrl and replayed are expected`,
  );
  return answer;
}

export async function applied(target: Target, body: SnapshotInput): Promise<void> {
  const { body: answer } = await accepted(target, body);
  for (const until = Date.now() + APPLIED_WITHIN_SECONDS * 1000; ; await sleep(250)) {
    const status = await ask(target, String(answer["statusUrl"]), {});
    expectThat(status.status === 200, shown(status));
    if (status.body["state"] === "applied") return;
    expectThat(status.body["state"] === "waiting", `it is ${JSON.stringify(status.body)}`);
    expectThat(Date.now() < until, `it still waits after ${APPLIED_WITHIN_SECONDS} s: does a worker run?`);
  }
}

export const fieldsOf = ({ body }: Answer) =>
  Object.keys((body["error"] as { fields?: Record<string, string> }).fields ?? {});

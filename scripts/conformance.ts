// Checks a portal's push API from outside, as any source would use it: npm run conformance -- URL --token TOKEN. With
// --file it checks a source's own snapshots against the schema, without a portal.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { checkSnapshot, isFuture, MOST_BYTES, sizeProblem } from "#server/snapshots/rules.ts";
import {
  accepted,
  applied,
  ask,
  expectThat,
  fieldsOf,
  goodSnapshot,
  push,
  refused,
  shown,
  Skipped,
  type Target,
} from "./conformance-client.ts";
import { describeFailure, refusal } from "./refusal.ts";

export type Outcome = { name: string; state: "passed" | "failed" | "skipped"; why: string };
const usage = `Usage: npm run conformance -- URL --token TOKEN [--expired TOKEN] [--account NAME]
       npm run conformance -- --file snapshot.json [--file …]
The token may also stand in BELVEDERE_TOKEN; it needs the permission to push snapshots.`;

/** What is checked, in this order; each gets an account of its own run. */
const checks: [name: string, run: (target: Target) => Promise<unknown>][] = [
  [
    "the OpenAPI document is there, without a token",
    async (target) => {
      const answer = await ask(target, "/api/v1/openapi.json", {}, null);
      expectThat(
        answer.status === 200 && String(answer.body["openapi"]).startsWith("3.1"),
        shown(answer).slice(0, 120),
      );
    },
  ],
  ["a good snapshot is stored and taken in", (target) => applied(target, goodSnapshot(target.account))],
  [
    "the same key and body give the first answer again",
    async (target) => {
      const [body, key] = [goodSnapshot(target.account), randomUUID()];
      const first = await accepted(target, body, key);
      const again = await push(target, { body, key });
      expectThat(
        again.status === 200 && again.body["id"] === first.body["id"] && again.body["replayed"] === true,
        `${shown(again)}, expected 200 with the same id and replayed`,
      );
      await refused(
        target,
        { body: goodSnapshot(target.account, { unprotectedCount: 1 }), key },
        409,
        "snapshot.keyReused",
      );
    },
  ],
  [
    "a snapshot older than the stored data is superseded",
    async (target) => {
      const old = await accepted(target, goodSnapshot(target.account, { takenAt: "2001-01-01T00:00:00Z" }));
      expectThat(old.body["state"] === "superseded", `${shown(old)}, expected superseded`);
    },
  ],
  [
    "a part that was not read stays as it is",
    (target) =>
      applied(
        target,
        goodSnapshot(target.account, { devices: null, gaps: [{ part: "devices", reason: "not_reported" }] }),
      ),
  ],
  [
    "an unknown field is refused with its path",
    async (target) => {
      const body = JSON.stringify({ ...goodSnapshot(target.account), colour: "red" });
      const answer = await refused(target, { body }, 400, "snapshot.invalid");
      expectThat(fieldsOf(answer).includes("$.colour"), `${shown(answer)}: $.colour is not among its fields`);
    },
  ],
  [
    "a wrong type is refused with its path",
    async (target) => {
      const body = JSON.stringify({ ...goodSnapshot(target.account), devices: [{ externalId: 7 }] });
      const answer = await refused(target, { body }, 400, "snapshot.invalid");
      expectThat(fieldsOf(answer).includes("$.devices[0].externalId"), shown(answer));
    },
  ],
  [
    "the same device twice is refused",
    (target) => {
      const { devices, ...rest } = goodSnapshot(target.account);
      const body = { ...rest, devices: [...(devices ?? []), ...(devices ?? [])] };
      return refused(target, { body }, 400, "snapshot.invalid");
    },
  ],
  ...["NaN", "Infinity", "{"].map((word): [string, (target: Target) => Promise<unknown>] => [
    `${word === "{" ? "half a body" : word} is refused`,
    (target) => {
      const body = JSON.stringify(goodSnapshot(target.account)).replace(
        '"unprotectedCount":0',
        `"unprotectedCount":${word}`,
      );
      return refused(target, { body }, 400, "request.malformed");
    },
  ]),
  [
    "a date in the future is refused",
    (target) => {
      const takenAt = new Date(Date.now() + 3_600_000).toISOString();
      return refused(target, { body: goodSnapshot(target.account, { takenAt }) }, 400, "snapshot.future");
    },
  ],
  [
    "a missing Idempotency-Key is refused",
    (target) => refused(target, { body: goodSnapshot(target.account), key: null }, 400, "snapshot.noKey"),
  ],
  [
    "another content type is refused",
    (target) =>
      refused(
        target,
        { body: goodSnapshot(target.account), headers: { "content-type": "text/plain" } },
        415,
        "request.unsupportedType",
      ),
  ],
  [
    "a million devices are refused",
    (target) => {
      const body = JSON.stringify(goodSnapshot(target.account, { devices: [] })).replace(
        '"devices":[]',
        () => `"devices":[${"{},".repeat(999_999)}{}]`,
      );
      return refused(target, { body }, 413, "snapshot.tooManyItems");
    },
  ],
  [
    "more than 20 MB is refused",
    (target) => refused(target, { body: " ".repeat(MOST_BYTES + 1024) }, 413, "request.tooLarge"),
  ],
  [
    "without a token nothing is taken",
    (target) => refused(target, { body: goodSnapshot(target.account), token: null }, 401, "auth.required"),
  ],
  [
    "a token that nobody has is refused",
    (target) =>
      refused(
        target,
        { body: goodSnapshot(target.account), token: `bvd_${"x".repeat(43)}` },
        401,
        "token.invalid",
      ),
  ],
  [
    "an expired token is refused",
    (target) => {
      if (target.expired === undefined) throw new Skipped("give one with --expired");
      return refused(
        target,
        { body: goodSnapshot(target.account), token: target.expired },
        401,
        "token.expired",
      );
    },
  ],
  [
    "a snapshot that is not one's own is not found",
    async (target) => {
      const answer = await ask(target, `/api/v1/snapshots/${randomUUID()}`, {});
      expectThat(answer.status === 404 && answer.code === "snapshot.notFound", shown(answer));
    },
  ],
  [
    "identifiers that nobody here has do no harm",
    (target) => {
      const { account } = goodSnapshot(target.account);
      return applied(
        target,
        goodSnapshot(target.account, { account: { ...account, externalIds: [randomUUID()] } }),
      );
    },
  ],
  [
    "names in every script are taken as they are",
    (target) => {
      const name = `Conformance “İß” Ünïcødé 株式会社 مرحبا 🌿 ${target.account}`;
      return applied(
        target,
        goodSnapshot(target.account, { account: { externalId: target.account, name, billing: "trial" } }),
      );
    },
  ],
  [
    "errors speak the language that is asked for",
    async (target) => {
      const messages = await Promise.all(
        ["en", "it", "fr"].map(async (language) => {
          const answer = await push(target, { body: "[]", headers: { "accept-language": language } });
          return (answer.body["error"] as { message: string }).message;
        }),
      );
      expectThat(new Set(messages).size === 3, `the messages are ${messages.join(" / ")}`);
    },
  ],
];

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
};

/** Runs every check against a portal, one after the other. */
export async function conform(target: Target): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [name, run] of checks) {
    try {
      await run(target);
      outcomes.push({ name, state: "passed", why: "" });
    } catch (error) {
      outcomes.push({ name, state: error instanceof Skipped ? "skipped" : "failed", why: reasonOf(error) });
    }
  }
  return outcomes;
}

/** What is wrong with a source's own snapshot, as a portal would say it. */
export function checkFile(bytes: Uint8Array, now: Date): Record<string, string> {
  if (bytes.length > MOST_BYTES) return { $: "More than 20 MB" };
  const problem = sizeProblem(bytes);
  if (problem) return { $: problem === "many" ? "More items than allowed" : "Nested too deep" };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return { $: "Not valid JSON in UTF-8" };
  }
  const checking = checkSnapshot(value, "en");
  let step = checking.next();
  while (!step.done) step = checking.next();
  if ("problems" in step.value) return step.value.problems;
  return isFuture(step.value.snapshot.takenAt, now) ? { "$.takenAt": "In the future" } : {};
}

function print(outcomes: readonly Outcome[]): void {
  const marks = { passed: "passed ", failed: "FAILED ", skipped: "skipped" };
  for (const { name, state, why } of outcomes) console.log(`${marks[state]}  ${name}${why && `: ${why}`}`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      token: { type: "string" },
      expired: { type: "string" },
      account: { type: "string", default: "conformance-check" },
      file: { type: "string", multiple: true, default: [] },
    },
  });
  const outcomes: Outcome[] = [];
  for (const file of values.file) {
    const problems = Object.entries(checkFile(await readFile(file), new Date()));
    const why = problems.map(([path, problem]) => `\n         ${path}: ${problem}`).join("");
    outcomes.push({ name: file, state: why === "" ? "passed" : "failed", why });
  }
  const [url] = positionals;
  const token = values.token ?? process.env["BELVEDERE_TOKEN"];
  if (url === undefined && values.file.length === 0) throw refusal(usage);
  if (url !== undefined) {
    if (!URL.canParse(url) || !token) throw refusal(usage);
    const { account } = values;
    outcomes.push(...(await conform({ url, token, expired: values.expired, account })));
    console.log(`What was pushed stands as the customer of the account “${account}”. To remove it, open that customer and
disconnect it, or remove the source that the token pushes into.\n`);
  }
  print(outcomes);
  const count = (state: Outcome["state"]) => outcomes.filter((one) => one.state === state).length;
  console.log(`\n${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`);
  return count("failed") > 0 ? 1 : 0;
}

if (import.meta.main)
  process.exitCode = await main().catch((error: unknown) => {
    console.error(describeFailure(error));
    return 2;
  });

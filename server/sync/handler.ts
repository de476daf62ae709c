// The forms of synchronisation, which work without scripts and lead back to their page with a notice, and its live stream.
import type { z } from "zod";
import { contextOf } from "#server/context.ts";
import { AppError } from "#server/errors.ts";
import { eventStream } from "#server/http/event-stream.ts";
import { readFields, safeReturn } from "#server/http/incoming.ts";
import { onProgress } from "#server/jobs/announcements.ts";
import { cancelSync, redriveJob, retryBatch, startConnection, startGroup } from "#server/jobs/control.ts";
import { readProgress } from "#server/jobs/progress.ts";
import { can } from "#server/permissions.ts";
import { route, type RouteInput } from "#server/route.ts";
import { createCallerFactory, requireCustomer } from "#server/trpc.ts";
import { syncRouter } from "./router.ts";
import { CancelForm, RedriveForm, RetryForm, SyncForm } from "./schema.ts";
import { startSync } from "./service.ts";

/** What became of a form: its notice, and of a group how many customers are read and how many are left out. */
type Outcome = { answer: string; customers?: number; left?: number };

const withNotice = (path: string, { answer, ...counts }: Outcome): Response => {
  const url = new URL(path, "http://here.invalid");
  for (const name of ["error", "customers", "left"]) url.searchParams.delete(name);
  for (const [name, count] of Object.entries(counts)) url.searchParams.set(name, String(count));
  url.searchParams.set("notice", answer);
  return new Response(null, {
    status: 303,
    headers: { location: url.pathname + url.search, "cache-control": "no-store" },
  });
};

/** A form that does `work` and is answered by its notice: to a person on the page it came from, to a program as JSON. */
const form =
  <Fields extends { return?: string | undefined }>(
    schema: z.ZodType<Fields>,
    work: (fields: Fields, input: RouteInput<Record<string, never>>) => Promise<Outcome>,
  ) =>
  async (input: RouteInput<Record<string, never>>): Promise<Response> => {
    const { isForm, fields } = await readFields(input.request);
    const parsed = schema.safeParse(fields);
    if (!parsed.success) throw new AppError("request.invalid");
    const outcome = await work(parsed.data, input);
    return isForm
      ? withNotice(safeReturn(parsed.data.return, `/${input.language}`), outcome)
      : Response.json(outcome);
  };

export const startSyncHandler = route(
  "sync:start",
  "read write",
  form(SyncForm, async ({ customerId, groupId, all }, { actor, db, audit }) => {
    const ctx = { actor, db, audit };
    if (customerId) await requireCustomer(ctx, "sync:start", customerId);
    else if (groupId === undefined && all !== "1") throw new AppError("request.invalid");
    else if (!can(actor, "sync:startAll")) throw new AppError("permission.denied");
    return groupId === undefined || customerId
      ? startSync(ctx, customerId ?? null, new Date())
      : startGroup(ctx, groupId, new Date());
  }),
);

export const cancelSyncHandler = route(
  "sync:cancel",
  "read write",
  form(CancelForm, async (choice, input) => {
    const { cancelled } = await cancelSync(input, choice, new Date());
    return { answer: cancelled > 0 ? "sync.cancelled" : "sync.over" };
  }),
);

export const retrySyncHandler = route(
  "sync:startAll",
  "read write",
  form(RetryForm, (choice, input) =>
    "batchId" in choice
      ? retryBatch(input, choice.batchId, new Date())
      : startConnection(input, choice.connectionId, new Date()),
  ),
);

export const redriveHandler = route(
  "sync:startAll",
  "read write",
  form(RedriveForm, async ({ jobId }, input) => {
    await redriveJob(input, jobId, new Date());
    return { answer: "sync.redriven" };
  }),
);

/** Tabs of one browser that are looked at; each holds a connection. */
const STREAMS_OF_A_SESSION = 4;
const streams = new Map<string, number>();
const callerOf = createCallerFactory(syncRouter);

/**
 * Progress as server-sent events for who asks for an event stream, else once as JSON. Each event is read as if it were
 * asked for anew: session, membership, permission and scope are those of that moment.
 */
export const syncStreamHandler = route("sync:read", "read only", async (input) => {
  const { request, actor } = input;
  const wants = (request.headers.get("accept") ?? "").includes("text/event-stream");
  const { headers } = request;
  const session = (await contextOf(headers, false)).session;
  // A program's token opens no stream: nobody would notice its end.
  if (!wants || !session)
    return Response.json(await readProgress(input), { headers: { "cache-control": "no-store" } });
  const expected = new URL(request.url).searchParams.get("membership") ?? actor.membershipId;
  /** The session as it is now; null when it may not see this stream any more. */
  const look = async () => {
    const context = await contextOf(headers, false);
    const now = context.session?.actor;
    return now?.membershipId === expected && can(now, "sync:read") ? context : null;
  };
  // No content: what tells a browser that there is no more to come. Its page is of a membership that was left.
  if (!(await look())) return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
  const count = streams.get(session.id) ?? 0;
  if (count >= STREAMS_OF_A_SESSION) throw new AppError("request.tooMany", { retryAfterSeconds: 10 });
  streams.set(session.id, count + 1);
  return eventStream(request, {
    read: async () => {
      const context = await look();
      return context && JSON.stringify(await callerOf(context).progress({}));
    },
    check: async () => (await look()) !== null,
    watch: (changed) => onProgress(actor.partnerId, changed),
    onEnd: () => {
      const left = (streams.get(session.id) ?? 1) - 1;
      if (left > 0) streams.set(session.id, left);
      else streams.delete(session.id);
    },
  });
});

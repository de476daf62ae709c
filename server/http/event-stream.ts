// Server-sent events that always carry a whole state, so that whoever comes back to the stream has missed nothing.
import { createHash } from "node:crypto";

/** Proxies close what is silent for long. */
const BEAT_MS = 15_000;
/** Somebody whose session ended is told so within this time. */
const CHECK_MS = 1_500;
/** Changes that come faster are told together. */
const SPACING_MS = 500;
/** A reader that takes nothing is gone for all we know. */
const MOST_WAITING = 64;

export type StreamSource = {
  /** The state now, as JSON; null: the reader may see it no longer. Throws where it cannot be read at present. */
  read(): Promise<string | null>;
  /** Whether the reader may still see it. */
  check(): Promise<boolean>;
  /** Calls `changed` when the state may be another one, until the returned function is called. */
  watch(changed: () => void): () => void;
  /** Called once, when the stream has ended. */
  onEnd(): void;
};

const open = new Set<() => void>();
let isTold = false;

/** The answer to a request for events `state`; ends with the client, with the session, and when the process stops. */
export function eventStream(request: Request, source: StreamSource): Response {
  if (!isTold) {
    isTold = true;
    process.once("SIGTERM", () => open.forEach((end) => end()));
    process.once("SIGINT", () => open.forEach((end) => end()));
  }
  const encoder = new TextEncoder();
  let end = () => undefined as void;
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let isOver = false;
        let isReading = false;
        let isStale = true;
        let last = "";
        let spacing: NodeJS.Timeout | undefined;
        const send = (text: string) => {
          if ((controller.desiredSize ?? 0) < -MOST_WAITING) return end();
          if (!isOver) controller.enqueue(encoder.encode(text));
        };
        const look = async () => {
          if (isReading || spacing !== undefined || isOver) return;
          isReading = true;
          isStale = false;
          const state = await source.read().catch(() => undefined);
          isReading = false;
          if (state === null) return end();
          if (state === undefined) isStale = true;
          else if (state !== last && !isOver) {
            last = state;
            const id = createHash("sha256").update(state).digest("base64url").slice(0, 16);
            send(`id: ${id}\nevent: state\ndata: ${state}\n\n`);
          }
          spacing = setTimeout(() => {
            spacing = undefined;
            if (isStale) void look();
          }, SPACING_MS);
        };
        const changed = () => {
          isStale = true;
          void look();
        };
        const stopWatching = source.watch(changed);
        const beat = setInterval(() => send(": beat\n\n"), BEAT_MS);
        const check = setInterval(
          () =>
            void source.check().then(
              (may) => may || end(),
              () => undefined,
            ),
          CHECK_MS,
        );
        end = () => {
          if (isOver) return;
          isOver = true;
          open.delete(end);
          stopWatching();
          clearInterval(beat);
          clearInterval(check);
          clearTimeout(spacing);
          source.onEnd();
          try {
            controller.close();
          } catch {
            // The client has closed it already.
          }
        };
        open.add(end);
        request.signal.addEventListener("abort", end, { once: true });
        send("retry: 2000\n\n");
        void look();
      },
      cancel: () => end(),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

// A file that is made while it is sent: at the pace of whoever takes it, and broken off visibly when it cannot be whole.

/** Who takes nothing for so long is gone for all we know. */
const STALL_MS = 60_000;

const open = new Set<() => void>();
let isTold = false;

/**
 * The answer that sends `pieces` as an attachment. The first piece is waited for, so that what fails before it is an
 * answer with its own status; what fails after it breaks the connection, which no browser takes for a whole file.
 * `abort` is aborted when the client goes away, takes nothing any more, or the process stops.
 */
export async function download(
  pieces: AsyncGenerator<Uint8Array>,
  file: { name: string; type: string },
  abort: AbortController,
): Promise<Response> {
  if (!isTold) {
    isTold = true;
    process.once("SIGTERM", () => open.forEach((end) => end()));
    process.once("SIGINT", () => open.forEach((end) => end()));
  }
  let next = await pieces.next();
  let isFirst = true;
  let stall: NodeJS.Timeout | undefined;
  const end = () => abort.abort();
  const watch = () => {
    clearTimeout(stall);
    stall = setTimeout(end, STALL_MS).unref();
  };
  const settle = () => {
    clearTimeout(stall);
    open.delete(end);
  };
  open.add(end);
  watch();
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // Broken at once, so that what was taken so far never ends as a file does.
        abort.signal.addEventListener("abort", () => {
          settle();
          controller.error(new Error("the download was broken off"));
          void pieces.return(undefined).catch(() => undefined);
        });
      },
      async pull(controller) {
        watch();
        try {
          if (!isFirst) next = await pieces.next();
          isFirst = false;
          if (abort.signal.aborted) return;
          if (!next.done) return controller.enqueue(next.value);
          settle();
          controller.close();
        } catch (error) {
          settle();
          controller.error(error);
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "content-type": file.type,
      "content-disposition": `attachment; filename="${file.name}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

import type { Instrumentation } from "next";

/** Called by Next.js once per process, before the first request. */
export async function register(): Promise<void> {
  if (process.env["NEXT_RUNTIME"] !== "nodejs") return;
  const { observeRequests } = await import("#server/metrics/service.ts");
  observeRequests();
}

/** Logs a page that failed under the id that its reader is shown (components/layout/failure.tsx). */
export const onRequestError: Instrumentation.onRequestError = async (error, request) => {
  if (process.env["NEXT_RUNTIME"] !== "nodejs") return;
  const { log } = await import("#server/log.ts");
  const supportId = error instanceof Error && "digest" in error ? error.digest : undefined;
  // What was searched for names customers, and stays out of the log.
  const [path] = request.path.split("?");
  log.error({ err: error, path, supportId }, "a page could not be made");
};

/** Called by Next.js once per process, before the first request. */
export async function register(): Promise<void> {
  if (process.env["NEXT_RUNTIME"] !== "nodejs") return;
  const { observeRequests } = await import("#server/metrics/service.ts");
  observeRequests();
}

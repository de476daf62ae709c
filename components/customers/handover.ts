/**
 * Hands the table's HTML from the server component, which writes it, to the client component, which puts it into the
 * document, within one request and process. As a property it would travel a second time, in the payload behind the page;
 * a bundler gives the two sides modules of their own, so the place they share is the global object.
 */
const PLACE = Symbol.for("belvedere.tables");
/** What nobody took by then belongs to a page that nobody waits for any more. */
const KEPT_MS = 10_000;
/** Who renders the page may begin anew, and then takes it a second time. */
const TAKEN_MS = 250;

type Waiting = Map<string, { html: string; until: number }>;
const place = globalThis as { [PLACE]?: Waiting };
const waiting = (): Waiting => (place[PLACE] ??= new Map());

/** Leaves the HTML under the table's id, which is of its content, where `taken` finds it. */
export function handOver(id: string, html: string): void {
  const now = Date.now();
  for (const [key, { until }] of waiting()) {
    if (until <= now) waiting().delete(key);
  }
  waiting().set(id, { html, until: now + KEPT_MS });
}

export function taken(id: string): string | undefined {
  const found = waiting().get(id);
  if (found) found.until = Math.min(found.until, Date.now() + TAKEN_MS);
  return found?.html;
}

// Pure parts of /metrics: how requests are grouped, how partners' figures add up.
import type { PortalFigures } from "#server/health/queries.ts";

const languages = /^\/(?:en|it|fr)(?=\/|$)/;

/**
 * The part of the portal that an address belongs to: "customers", "api/trpc", "static". Few whatever is asked for: no
 * identifiers, and what is not there is one group.
 */
export function groupOf(url: string, status: number): string {
  const [path = ""] = url.split("?", 1);
  if (path.startsWith("/_next/")) return "static";
  if (status === 404) return "not found";
  const [first = "", second = ""] = path.replace(languages, "").split("/").filter(Boolean);
  if (first === "api") return /^[a-z0-9-]{1,30}$/.test(second) ? `api/${second}` : "api";
  if (!languages.test(path) && !["healthz", "readyz", "metrics"].includes(first)) return "other";
  return first === "" ? "home" : /^[a-z-]{1,30}$/.test(first) ? first : "other";
}

/** Sums; the oldest instant of all. */
export function addFigures(all: readonly PortalFigures[]): PortalFigures {
  const sum: PortalFigures = { runs: {}, connections: 0, connectionsFailing: 0, oldestDataAt: null };
  for (const one of all) {
    for (const [state, n] of Object.entries(one.runs)) sum.runs[state] = (sum.runs[state] ?? 0) + n;
    sum.connections += one.connections;
    sum.connectionsFailing += one.connectionsFailing;
    if (one.oldestDataAt && (!sum.oldestDataAt || one.oldestDataAt < sum.oldestDataAt))
      sum.oldestDataAt = one.oldestDataAt;
  }
  return sum;
}

// Figures for Prometheus: this process and its requests as they happen, the rest counted when it is asked for.
import { subscribe } from "node:diagnostics_channel";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { collectDefaultMetrics, Counter, Gauge, Histogram, register, Registry } from "prom-client";
import { env } from "#server/env.ts";
import { log } from "#server/log.ts";
import type { PortalFigures } from "#server/health/queries.ts";
import { readServer, type ServerFigures } from "./queries.ts";
import { groupOf } from "./rules.ts";

/** No more groups than this, whatever addresses are invented. */
const MOST_GROUPS = 60;

/** Counts every request of this process from now on. Called once, before the first one (instrumentation.ts). */
export function observeRequests(): void {
  if (register.getSingleMetric("belvedere_http_requests_total")) return;
  collectDefaultMetrics();
  const requests = new Counter({
    name: "belvedere_http_requests_total",
    help: "Requests answered, by part of the portal, method and status",
    labelNames: ["group", "method", "status"],
  });
  const durations = new Histogram({
    name: "belvedere_http_request_duration_seconds",
    help: "From the request's head to the end of its answer",
    labelNames: ["group"],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
  });
  const groups = new Set<string>();
  const began = new WeakMap<IncomingMessage, number>();
  subscribe("http.server.request.start", (message) => {
    began.set((message as { request: IncomingMessage }).request, performance.now());
  });
  subscribe("http.server.response.finish", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const found = groupOf(request.url ?? "/", response.statusCode);
    const group = groups.has(found) || groups.size < MOST_GROUPS ? found : "other";
    groups.add(group);
    const method = ["GET", "HEAD", "POST"].includes(request.method ?? "") ? String(request.method) : "other";
    const seconds = (performance.now() - (began.get(request) ?? performance.now())) / 1000;
    requests.inc({ group, method, status: String(response.statusCode) });
    durations.observe({ group }, seconds);
    log.debug({ group, method, status: response.statusCode, seconds }, "answered");
  });
}

/** When `npm run backup` last ended well on this machine; undefined: not known here. */
const lastBackup = async (): Promise<number | undefined> => {
  const text = await readFile(join(env().DATA_DIR, "last-backup"), "utf8").catch(() => "");
  const at = Date.parse(text.trim());
  return Number.isNaN(at) ? undefined : at;
};

type Values = [labels: Record<string, string>, value: number][];
type Gauges = (name: string, help: string, values: Values | number | undefined) => void;

function tellServer(gauge: Gauges, server: ServerFigures, now: number): void {
  gauge(
    "belvedere_database_connections",
    "Open connections by who opened them",
    server.connections.map(({ application, n }) => [{ application }, n]),
  );
  gauge("belvedere_database_connections_limit", "max_connections of the server", server.mostConnections);
  gauge("belvedere_database_size_bytes", "Size of the database", server.databaseBytes);
  gauge(
    "belvedere_audit_entries",
    "Audit entries written since the server's statistics began",
    server.auditAppends,
  );
  const states = ["waiting", "active", "failed"] as const;
  gauge(
    "belvedere_queue_jobs",
    "Jobs by queue and state",
    server.queues.flatMap((queue) =>
      states.map((state): Values[number] => [{ queue: queue.name, state }, queue[state]]),
    ),
  );
  gauge(
    "belvedere_queue_oldest_seconds",
    "Age of the oldest job that waits",
    server.queues.map((queue) => [{ queue: queue.name }, queue.oldestSeconds]),
  );
  const worker = (pick: (one: ServerFigures["workers"][number]) => number): Values =>
    server.workers.map((one) => [{ worker: one.id }, pick(one)]);
  gauge(
    "belvedere_worker_seen_seconds",
    "Since the worker's last sign of life",
    worker((one) => (now - one.seenAt.getTime()) / 1000),
  );
  gauge(
    "belvedere_worker_resident_bytes",
    "Memory of the worker's process",
    worker((one) => one.figures.residentBytes),
  );
  gauge(
    "belvedere_worker_heap_bytes",
    "Heap of the worker's process",
    worker((one) => one.figures.heapBytes),
  );
  gauge(
    "belvedere_worker_cpu_seconds",
    "CPU time of the worker's process",
    worker((one) => one.figures.cpuSeconds),
  );
  gauge(
    "belvedere_worker_lag_seconds",
    "99th percentile of the delay of the worker's event loop",
    worker((one) => one.figures.lagSeconds),
  );
}

function tellPortal(gauge: Gauges, portal: PortalFigures, now: number): void {
  gauge(
    "belvedere_sync_runs",
    "Runs of the last day by state",
    Object.entries(portal.runs).map(([state, n]) => [{ state }, n]),
  );
  gauge("belvedere_connections", "Connections that are read", portal.connections);
  gauge(
    "belvedere_connections_failing",
    "Of these, those whose last run met trouble",
    portal.connectionsFailing,
  );
  const oldest = portal.oldestDataAt ? (now - Date.parse(portal.oldestDataAt)) / 1000 : undefined;
  gauge(
    "belvedere_oldest_data_seconds",
    "Since the connection that waits longest was read with success",
    oldest,
  );
}

/** Everything in the text format of Prometheus; without a database what the process knows by itself. */
export async function exposition(): Promise<{ type: string; text: string }> {
  const counted = new Registry();
  const gauge: Gauges = (name, help, values) => {
    if (values === undefined) return;
    const list: Values = typeof values === "number" ? [[{}, values]] : values;
    const labelNames = [...new Set(list.flatMap(([labels]) => Object.keys(labels)))];
    const one = new Gauge({ name, help, labelNames, registers: [counted] });
    for (const [labels, value] of list) one.set(labels, value);
  };
  const now = Date.now();
  const [server, backupAt] = await Promise.all([readServer().catch(() => null), lastBackup()]);
  gauge("belvedere_database_up", "1 when the database answers", server ? 1 : 0);
  gauge(
    "belvedere_last_backup_seconds",
    "Since the last backup of this machine",
    backupAt && (now - backupAt) / 1000,
  );
  if (server) {
    tellServer(gauge, server, now);
    const latest = server.workers.toSorted((a, b) => b.seenAt.getTime() - a.seenAt.getTime());
    const portal = latest.find((one) => one.figures.portal)?.figures.portal;
    if (portal) tellPortal(gauge, portal, now);
  }
  return { type: register.contentType, text: `${await register.metrics()}\n${await counted.metrics()}` };
}

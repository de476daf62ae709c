// What each address of the vendor answers once a request is let in.
import { registry } from "./catalogue.ts";
import { computerAt, computerCount, computerId, organisationIds } from "./computers.ts";
import {
  applicationsOf,
  complianceOf,
  computerApplications,
  licences,
  usageSummaries,
} from "./installations.ts";
import { BadRequest, list } from "./paging.ts";
import { saasApplications, usersKpi } from "./saas.ts";
import type { SnowSystem } from "./systems.ts";

export type Answer = { status: number; body: unknown };

const NO_PARENT = "00000000-0000-0000-0000-000000000000";

type List = { defaultSize: number; hasTotal: boolean; items(system: SnowSystem, today: string): object[] };

const lists: Record<string, List> = {
  "/api/sam/estate/v1/computers": {
    defaultSize: 25,
    hasTotal: true,
    items: (system, today) =>
      Array.from({ length: computerCount(system, today) }, (_, index) => computerAt(system, index, today)),
  },
  "/api/sam/estate/v1/computers-applications": {
    defaultSize: 100,
    hasTotal: true,
    items: computerApplications,
  },
  "/api/sam/estate/v1/computers-application-usage/summaries": {
    defaultSize: 100,
    hasTotal: true,
    items: usageSummaries,
  },
  "/api/sam/software-registry/v1/applications": {
    defaultSize: 100,
    hasTotal: false,
    items: () => [...registry],
  },
  "/api/sam/v1/licenses": { defaultSize: 100, hasTotal: true, items: licences },
  "/api/saas/consolidated-view/v1/applications": {
    defaultSize: 100,
    hasTotal: true,
    items: saasApplications,
  },
};

/** The last lists that were asked for: their pages are asked for one after the other. */
const kept = new Map<string, object[]>();

/** null = no such address. */
export function route(
  path: string,
  query: URLSearchParams,
  system: SnowSystem,
  today: string,
  isEndless: boolean,
): Answer | null {
  if (path.startsWith("/api/sam/") && !system.hasSam) return refused;
  if (path.startsWith("/api/saas/") && !system.hasSaas) return refused;
  const known = lists[path];
  if (known) {
    const items = remember(`${system.id}@${today}${path}`, () => known.items(system, today));
    return { status: 200, body: list(query, items, { path, ...known, isEndless }) };
  }
  if (path === "/api/organizations/v1/tree") return { status: 200, body: { nodes: organisations(system) } };
  if (path === "/api/saas/consolidated-view/v1/users/kpi") {
    const from = readDay(query, "fromDate");
    return { status: 200, body: usersKpi(system, today, from, readDay(query, "toDate")) };
  }
  const [, ofComputer] = /^\/api\/sam\/estate\/v1\/computers\/([\w-]+)\/applications$/.exec(path) ?? [];
  if (ofComputer) return ofOneComputer(path, query, system, today, ofComputer);
  const [, ofApplication] = /^\/api\/sam\/v1\/compliance\/summary\/([\w-]+)$/.exec(path) ?? [];
  if (ofApplication) {
    const body = complianceOf(system, ofApplication, today);
    return body ? { status: 200, body } : notFound(ofApplication);
  }
  return null;
}

const refused: Answer = { status: 403, body: "Forbidden: the feature is not part of your subscription." };

function notFound(id: string): Answer {
  return { status: 404, body: `Resource with ID '${id}' not found.` };
}

function ofOneComputer(
  path: string,
  query: URLSearchParams,
  system: SnowSystem,
  today: string,
  id: string,
): Answer {
  for (let index = 0; index < computerCount(system, today); index += 1) {
    if (computerId(system, index) !== id) continue;
    const items = applicationsOf(system, index, today);
    const options = { path, defaultSize: 100, hasTotal: true, isEndless: false };
    return { status: 200, body: list(query, items, options) };
  }
  return notFound(id);
}

function organisations(system: SnowSystem): object[] {
  const [root, site] = organisationIds(system);
  return [
    { id: site, parentId: root, name: "Sede distaccata – Genève", isLegal: false, externalId: null },
    { id: root, parentId: NO_PARENT, name: system.name, isLegal: true, externalId: null },
  ];
}

function readDay(query: URLSearchParams, key: string): string {
  const [, day] = /^(\d{4}-\d{2}-\d{2})(?:T[\d:.]+Z)?$/.exec(query.get(key) ?? "") ?? [];
  if (!day || Number.isNaN(Date.parse(day))) throw new BadRequest(`Parameter ${key} must be a date.`);
  return day;
}

function remember(key: string, make: () => object[]): object[] {
  const known = kept.get(key);
  if (known) return known;
  if (kept.size >= 8) kept.clear();
  const items = make();
  kept.set(key, items);
  return items;
}

// What the page of one customer shows: several queries and rules put together for one actor.
import { z } from "zod";
import { withoutFigures } from "#server/customers/service.ts";
import {
  listHistory,
  listLicences,
  listApplications,
  listDevices,
  listSaas,
  listContacts,
  listAlerts,
  listAccounts,
  findCustomer,
  countDevices,
  type DeviceFilter,
} from "./queries.ts";
import { listGroupNames } from "#server/customers/queries-groups.ts";
import { listByIds } from "#server/customers/queries.ts";
import { licenceStatus, dayIn } from "#server/licences/rules.ts";
import { isPair, encodeCursor, decodeCursor } from "#server/paging/rules.ts";
import { getPartnerRules, listThresholds } from "#server/overview/queries.ts";
import { findLatestGrant } from "#server/access/queries.ts";
import { can, type CustomerAccess, type Actor } from "#server/permissions.ts";
import type { CustomerRow, Reason, Status } from "#server/customers/schema.ts";
import type { CustomerDetails } from "./schema.ts";
import type { ScopedDb } from "#db/client.ts";
import { AppError } from "#server/errors.ts";
import { seenCodes } from "#server/warnings/rules.ts";
const DAY_MS = 86_400_000;
const DEVICE_PAGE = 100;
const MOST_APPLICATIONS = 100;
const HISTORY_PAGE = 30;
/** Statuses whose reasons count figures. */
const withFigures = ["warning", "synced"];
type AccessState = CustomerDetails["access"]["state"];

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

function accessOf(
  customer: CustomerAccess,
  grant: Awaited<ReturnType<typeof findLatestGrant>>,
  now: Date,
): CustomerDetails["access"] {
  const nothing = { fromAt: null, untilAt: null, endReason: null };
  if (customer.relationship === "order_only")
    return { ...nothing, state: "not_applicable", capabilities: ["console"] };
  if (customer.relationship === "managed")
    return { ...nothing, state: "always", capabilities: ["metrics", "licences", "console", "reports"] };
  if (!grant) return { ...nothing, state: "none", capabilities: [] };
  const isOver = grant.untilAt !== null && grant.untilAt <= now;
  const state: AccessState = isOver ? "ended" : grant.state;
  return {
    state,
    capabilities: [...customer.capabilities],
    fromAt: iso(grant.fromAt),
    untilAt: iso(grant.untilAt),
    endReason: isOver ? "expired" : grant.endReason,
  };
}

/**
 * One customer as the actor may see it: the baseline always, metrics and the customer's own licences only under a live
 * grant that opens them, and no metric before data has come under that grant.
 */
export async function getCustomerDetails(
  db: ScopedDb,
  actor: Actor,
  customer: CustomerAccess,
  page: { devices: DeviceFilter; devicesAfter?: string | undefined; historyAfter?: string | undefined },
  now: Date,
): Promise<CustomerDetails> {
  const { partnerId } = actor;
  const id = customer.id;
  const [listed] = await listByIds(db, partnerId, { ids: [id] });
  const record = await findCustomer(db, partnerId, id);
  if (!listed || !record?.name) throw new AppError("customer.notFound");
  const { sortValue: _, ...found } = listed;
  const mayMetrics = can(actor, "metrics:read", customer);
  const row: CustomerRow = { ...found, groups: (await listGroupNames(db, partnerId, [id])).get(id) ?? [] };
  const rules = await getPartnerRules(db, partnerId);
  const accounts = await listAccounts(db, partnerId, id);
  const blank = row.blank ?? (mayMetrics ? null : "role");
  const devicesBlank = blank ?? row.gaps.computers ?? null;
  const alertsBlank = blank ?? row.gaps.alerts ?? null;
  const applicationsBlank = blank ?? row.gaps.applications ?? null;
  const saasBlank = blank ?? row.gaps.saas ?? null;
  const silentDays = (await listThresholds(db, partnerId, [id])).get(id)?.silentDays ?? rules.silentDays;
  const counted = {
    silentBefore: new Date(now.getTime() - silentDays * DAY_MS),
    source: row.devicesSource,
  };
  return {
    row: mayMetrics ? row : withoutFigures(row),
    legalName: record.name,
    country: record.country,
    region: record.region,
    externalId: record.externalId,
    address: record.address as CustomerDetails["address"],
    since: record.since ?? iso(record.createdAt)?.slice(0, 10) ?? null,
    access: accessOf(customer, await findLatestGrant(db, partnerId, id), now),
    accounts: accounts.map(({ lastSuccessAt, connection, ...account }) => ({
      ...account,
      connection: connection ?? "",
      lastSuccessAt: iso(lastSuccessAt),
    })),
    contacts: (await listContacts(db, partnerId, id)).map(({ firstName, lastName, ...contact }) => ({
      ...contact,
      role: contact.role as CustomerDetails["contacts"][number]["role"],
      name: `${firstName} ${lastName}`.trim(),
    })),
    ...(await licencesOf(db, actor, customer, dayIn(rules.timeZone, now))),
    devices: devicesBlank ? null : await devicesOf(db, partnerId, id, page, counted),
    devicesBlank,
    applications: applicationsBlank ? null : await listApplications(db, partnerId, id, MOST_APPLICATIONS),
    applicationsBlank,
    saas: saasBlank ? null : await listSaas(db, partnerId, id, MOST_APPLICATIONS),
    saasBlank,
    alerts: alertsBlank
      ? null
      : (await listAlerts(db, partnerId, id)).map(({ externalId, raisedAt, severity, ...alert }) => ({
          ...alert,
          id: externalId,
          severity: severity as "high",
          raisedAt: raisedAt.toISOString(),
        })),
    alertsBlank,
    history: await historyOf(db, actor, customer, found, page.historyAfter),
    may: { sync: can(actor, "sync:start", customer) && accounts.length > 0 },
    now: now.toISOString(),
  };
}

/** The place in the history after which a page begins. */
function readHistoryCursor(text: string): { at: string; id: string } {
  const [at, id] = decodeCursor(text, isPair);
  const isInstant = at !== null && /^[12]\d{3}-/.test(at) && z.iso.datetime().safeParse(at).success;
  if (!isInstant || !z.uuid().safeParse(id).success)
    throw new AppError("request.invalid", { fields: { historyAfter: "cursor" } });
  return { at, id };
}

/** A page of the history, with of what was decided as much as the reader may see. */
async function historyOf(
  db: ScopedDb,
  actor: Actor,
  customer: CustomerAccess,
  { blank, status, reasons }: Pick<CustomerRow, "blank" | "status" | "reasons">,
  after: string | undefined,
): Promise<CustomerDetails["history"]> {
  const codes = seenCodes(actor, customer, status, reasons);
  const start = after ? readHistoryCursor(after) : undefined;
  const found = await listHistory(db, actor.partnerId, customer.id, codes, start, HISTORY_PAGE + 1);
  const shown = found.slice(0, HISTORY_PAGE);
  const last = shown.at(-1);
  return {
    rows: shown.map((row) => {
      const at = row.at.toISOString();
      if (row.code !== null) {
        const { code, subject, kind, actor: by, text, untilAt } = row;
        return { at, code, subject, kind: kind as "commented", actor: by, text, until: iso(untilAt) };
      }
      return {
        at,
        status: row.status as Status,
        // Without figures it is told why there were none; other reasons count what now is closed.
        reasons: blank === null || !withFigures.includes(row.status) ? (row.reasons as Reason[]) : [],
      };
    }),
    next: found.length > shown.length && last ? encodeCursor([last.exactAt, last.id]) : null,
  };
}

/** A customer's own users and partners with the capability see the licences the customer owns; others see how many there are. */
async function licencesOf(
  db: ScopedDb,
  actor: Actor,
  customer: CustomerAccess,
  today: string,
): Promise<Pick<CustomerDetails, "licences" | "hiddenLicences">> {
  const all = await listLicences(db, actor.partnerId, customer.id);
  const seesOwned =
    actor.customerId !== null ||
    customer.relationship !== "delegated" ||
    customer.capabilities.includes("licences");
  const shown = all.filter((licence) => seesOwned || licence.owner === "partner");
  const licences = shown.map(({ isSuspended, ...licence }) => {
    const typed = { ...licence, kind: licence.kind as "term", owner: licence.owner as "partner" };
    return { ...typed, status: licenceStatus({ ...typed, isSuspended }, today) };
  });
  return { licences, hiddenLicences: all.length - shown.length };
}

async function devicesOf(
  db: ScopedDb,
  partnerId: string,
  customerId: string,
  page: { devices: DeviceFilter; devicesAfter?: string | undefined },
  counted: { silentBefore: Date; source: string | null },
): Promise<NonNullable<CustomerDetails["devices"]>> {
  const filtered = { filter: page.devices, ...counted };
  const { silentBefore } = counted;
  const start = page.devicesAfter ? decodeCursor(page.devicesAfter, isPair) : undefined;
  const after = start && { name: start[0] ?? "", id: start[1] };
  const found = await listDevices(db, partnerId, customerId, filtered, after, DEVICE_PAGE + 1);
  const shown = found.slice(0, DEVICE_PAGE);
  const last = shown.at(-1);
  return {
    rows: shown.map(({ externalId, lastSeenAt, ...device }) => ({
      ...device,
      id: externalId,
      type: device.type as "computer",
      state: device.state as "active",
      health: device.health as "good",
      isSilent: device.state === "active" && (lastSeenAt === null || lastSeenAt < silentBefore),
      lastSeenAt: iso(lastSeenAt),
    })),
    total: await countDevices(db, partnerId, customerId, filtered),
    next: found.length > shown.length && last ? encodeCursor([last.hostname, last.externalId]) : null,
  };
}

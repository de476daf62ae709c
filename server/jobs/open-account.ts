// The job that opens a monthly account at the vendor: asked for once, looked for first where an answer was lost.
import type { ScopedDb } from "#db/client.ts";
import { appendAudit } from "#server/audit/append.ts";
import { AppError } from "#server/errors.ts";
import { VendorError } from "#server/http/errors.ts";
import { dayIn } from "#server/licences/rules.ts";
import { log } from "#server/log.ts";
import { updateOpening } from "#server/monthly-accounts/queries.ts";
import {
  findToOpen,
  insertRecorded,
  listOwned,
  mergeArrived,
} from "#server/monthly-accounts/queries-opening.ts";
import { type Details, FLEX_VENDOR, type TypedLine, unitsOf } from "#server/monthly-accounts/rules.ts";
import { getPartnerRules } from "#server/overview/queries.ts";
import { refreshOverview } from "#server/overview/service.ts";
import { connectors } from "#server/sync/connectors/registry.ts";
import { linkAccounts, upsertAccounts } from "#server/sync/queries.ts";
import { type ConnectionRow, getConnection } from "#server/sync/queries-runs.ts";
import { requestSync } from "#server/sync/service.ts";
import { AccountIdentity, type AccountToOpen } from "#server/sync/snapshot.ts";
import { connectorInput } from "./connector-input.ts";
import { scoped } from "./scoped.ts";

export type OpenJob = { partnerId: string; accountId: string };
type ToOpen = {
  customerId: string;
  connection: ConnectionRow;
  account: AccountToOpen;
  lines: readonly TypedLine[];
  /** An earlier try ended without an answer: the vendor may have opened it. */
  isInDoubt: boolean;
};

/**
 * Opens one account. The state `sending` is stored before the vendor is asked: whoever finds it looks at the vendor for
 * what the earlier try may have made. A refusal is the vendor's word and final until a person tries again; trouble on the
 * way is thrown, and the queue tries again.
 */
export async function openAccount({ partnerId, accountId }: OpenJob, signal: AbortSignal): Promise<void> {
  const wanted = await scoped(partnerId, (db) => take(db, partnerId, accountId));
  if (!wanted) return;
  const { connection, account, isInDoubt } = wanted;
  const connector = connectors[connection.vendor];
  try {
    if (!connector?.open || !connector.findOpened)
      throw new VendorError("vendor.wrongKind", `${connection.vendor} opens no accounts`);
    const input = connectorInput(partnerId, connection, signal);
    const lost = isInDoubt ? await connector.findOpened(input, account) : [];
    const owned = await scoped(partnerId, (db) =>
      listOwned(
        db,
        partnerId,
        connection.id,
        lost.map(({ externalId }) => externalId),
      ),
    );
    // Of this name and contact, and of nobody or only of itself: the one that the lost answer was about.
    const found = lost.find(({ externalId }) => (owned.get(externalId)?.linkedBy ?? "arrival") === "arrival");
    const opened = found ?? (await connector.open(input, account));
    const identity = AccountIdentity.parse({ ...opened, billing: "usage" });
    await scoped(partnerId, (db) => record(db, partnerId, accountId, wanted, identity));
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    await refuse(partnerId, accountId, wanted.customerId, error);
    if (!isFinal(error)) throw error;
  }
}

/** The vendor's word, or ours before it was asked; whatever else went wrong, the account may be there all the same. */
const final: ReadonlySet<string> = new Set([
  "vendor.credentials",
  "vendor.wrongKind",
  "vendor.blocked",
  "vendor.forbidden",
  "vendor.notFound",
]);
const isFinal = ({ code, status }: VendorError): boolean =>
  final.has(code) || (code === "vendor.failed" && status !== null && status < 500);

async function take(db: ScopedDb, partnerId: string, accountId: string): Promise<ToOpen | undefined> {
  const found = await findToOpen(db, partnerId, accountId);
  if (!found?.customerId || !found.connectionId) return undefined;
  if (found.opening !== "waiting" && found.opening !== "sending") return undefined;
  const connection = await getConnection(db, partnerId, found.connectionId);
  const details = found.details as Details;
  await updateOpening(db, partnerId, accountId, { opening: "sending" }, new Date());
  return {
    customerId: found.customerId,
    connection,
    lines: found.lines as TypedLine[],
    isInDoubt: found.opening === "sending",
    account: {
      name: details.name ?? "",
      region: details.region ?? "",
      country: details.country ?? "",
      contact: {
        firstName: details.firstName ?? "",
        lastName: details.lastName ?? "",
        email: details.email ?? "",
      },
      address: {
        street: details.street ?? "",
        city: details.city ?? "",
        postalCode: details.postalCode ?? "",
      },
    },
  };
}

/** The account is there: it belongs to the customer that it was opened for, with what was ordered, and is read at once. */
async function record(
  db: ScopedDb,
  partnerId: string,
  accountId: string,
  { customerId, connection, lines }: ToOpen,
  identity: AccountIdentity,
): Promise<void> {
  const now = new Date();
  const owned = await listOwned(db, partnerId, connection.id, [identity.externalId]);
  const owner = owned.get(identity.externalId);
  // A synchronisation saw it before its answer came, and made a customer of it.
  if (owner && owner.customerId !== customerId && owner.linkedBy === "arrival")
    await mergeArrived(db, partnerId, owner.customerId, customerId);
  const [account] = await upsertAccounts(db, partnerId, connection, [identity]);
  if (account) {
    await linkAccounts(db, partnerId, [{ accountId: account.id, customerId, linkedBy: "identifier" }]);
    const ordered = lines.flatMap((line) => {
      const quantity = unitsOf(line);
      return quantity === undefined ? [] : [{ code: line.code, quantity }];
    });
    const { timeZone } = await getPartnerRules(db, partnerId);
    const of = { id: account.id, customerId, vendor: FLEX_VENDOR };
    await insertRecorded(db, partnerId, of, ordered, dayIn(timeZone, now));
  }
  await updateOpening(db, partnerId, accountId, { opening: "opened" }, now);
  await refreshOverview(db, partnerId, [customerId], now);
  await readAtOnce(db, partnerId, customerId, now);
  await audit(db, accountId, customerId, "done", { externalId: identity.externalId });
  log.info({ account: accountId }, "opened a monthly account at the vendor");
}

async function readAtOnce(db: ScopedDb, partnerId: string, customerId: string, now: Date): Promise<void> {
  try {
    const wish = { cause: "first", requestedBy: null, customerIds: [customerId] } as const;
    await requestSync(db, partnerId, wish, now);
  } catch (error) {
    if (!(error instanceof AppError && error.code === "sync.noSource")) throw error;
  }
}

/** In doubt it stays `sending`, with what is wrong. */
async function refuse(
  partnerId: string,
  accountId: string,
  customerId: string,
  error: VendorError,
): Promise<void> {
  const { code, detail } = error;
  const opening = isFinal(error) ? "refused" : "sending";
  await scoped(partnerId, async (db) => {
    await updateOpening(db, partnerId, accountId, { opening, code, detail }, new Date());
    await audit(db, accountId, customerId, "failed", { code, opening });
  });
}

const audit = (
  db: ScopedDb,
  accountId: string,
  customerId: string,
  outcome: "done" | "failed",
  detail: Record<string, unknown>,
): Promise<void> =>
  appendAudit(
    db,
    { job: "openAccount" },
    { action: "account:open", entity: `monthly account ${accountId}`, customerId, outcome, detail },
  );

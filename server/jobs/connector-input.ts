// What a connector is given of a connection: its opened credentials, its settings, and the calls that it may make.
import { env } from "#server/env.ts";
import { VendorError } from "#server/http/errors.ts";
import { unseal } from "#server/secrets/seal.ts";
import type { CallLimit } from "#server/sync/rules.ts";
import type { ConnectorInput, Credentials } from "#server/sync/snapshot.ts";
import { callBudget } from "./budget.ts";

/** Opens sealed credentials; throws vendor.credentials where there are none or this key does not open them. */
function openCredentials(secret: Buffer | null, connectionId: string): Credentials {
  const key = env().KEY_PRIVATE;
  if (!secret || !key) throw new VendorError("vendor.credentials", "no credentials are stored");
  try {
    return JSON.parse(
      unseal(secret, key, { table: "connection", column: "secret", row: connectionId }),
    ) as Credentials;
  } catch (cause) {
    throw new VendorError("vendor.credentials", "the stored credentials cannot be opened with this key", {
      cause,
    });
  }
}

/** For reading a connection and for testing one; `secret` may be other than the stored one. Throws vendor.credentials. */
export function connectorInput(
  partnerId: string,
  connection: {
    id: string;
    vendor: string;
    secret: Buffer | null;
    settings: Record<string, string>;
    limits: readonly CallLimit[];
  },
  signal: AbortSignal,
): ConnectorInput {
  const credentials = openCredentials(connection.secret, connection.id);
  return {
    credentials,
    settings: connection.settings,
    now: new Date(),
    signal,
    allowLoopback: env().allowLoopback,
    budget: callBudget(partnerId, connection.vendor, credentials.clientId, connection.limits),
  };
}

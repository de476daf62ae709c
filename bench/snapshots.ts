// Vendor accounts as a connector hands them over: snapshots of the real shape, the same for the same number.
import { SNAPSHOT_VERSION, Snapshot } from "#server/sync/snapshot.ts";

const DEVICES = 40;
const LICENCES = 5;
const ALERTS = 5;
const products = ["Endpoint", "Server", "Email", "Firewall", "Mobile"] as const;
const START = Date.parse("2026-01-05T06:00:00Z");

const list = <Item>(length: number, make: (index: number) => Item): Item[] =>
  Array.from({ length }, (_, index) => make(index));

/** `edition`: another one changes a figure in every device, licence and alert. */
export function snapshotOf(number: number, edition: number, takenAt: Date): Snapshot {
  const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
  return Snapshot.parse({
    version: SNAPSHOT_VERSION,
    takenAt: takenAt.toISOString(),
    account: {
      externalId: `account-${number}`,
      name: `Société Müller ${number} S.p.A.`,
      domain: `m${number}.example`,
      country: "IT",
      region: "eu-central",
      contacts: [
        { role: "administrator", firstName: "Anna", lastName: "Rossi", email: `admin@m${number}.example` },
      ],
      billing: "usage",
    },
    devices: list(DEVICES, (index) => ({
      externalId: `device-${index}`,
      hostname: `PC-${number}-${index}`,
      type: index % 10 === 0 ? "server" : "computer",
      os: "Windows 11 Professional",
      state: "active",
      health: "good",
      isProtected: true,
      person: `Person ${index}`,
      lastSeenAt: at(((number * 7 + index * 13) % 4_000) + edition),
    })),
    licences: list(LICENCES, (index) => ({
      key: `licence-${index}`,
      productCode: `bench-${index}`,
      productName: `${products[index]} Protection`,
      category: "endpoint",
      kind: "term",
      owner: "partner",
      quantity: "100",
      used: String(40 + edition + index),
      startsOn: "2025-01-01",
      endsOn: "2027-12-31",
    })),
    alerts: list(ALERTS, (index) => ({
      externalId: `alert-${index}`,
      severity: index === 0 ? "high" : "medium",
      product: "endpoint",
      category: "malware",
      description: `Something was found on a computer, for the time number ${edition}`,
      raisedAt: at(index),
    })),
    unprotectedCount: 0,
  });
}

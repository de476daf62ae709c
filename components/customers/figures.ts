import type { Resources } from "#locales/resources.ts";
import type { ColumnId } from "#server/columns/schema.ts";

type Help = Resources["help"];

/** What kind of figure a column holds: its unit, who says so, how its cell is set. */
export const figures: Record<
  ColumnId,
  { unit: keyof Help["unit"]; source: keyof Help["source"]; isNumber: boolean }
> = {
  name: { unit: "none", source: "both", isNumber: false },
  status: { unit: "none", source: "portal", isNumber: false },
  groups: { unit: "none", source: "portal", isNumber: false },
  devicesTotal: { unit: "computers", source: "vendor", isNumber: true },
  devicesRecent: { unit: "computers", source: "both", isNumber: true },
  devicesSilent: { unit: "computers", source: "both", isNumber: true },
  devicesQuarantined: { unit: "computers", source: "vendor", isNumber: true },
  devicesInactive: { unit: "computers", source: "both", isNumber: true },
  devicesUnprotected: { unit: "devices", source: "vendor", isNumber: true },
  devicesChange: { unit: "computers", source: "both", isNumber: true },
  applicationsInstalled: { unit: "applications", source: "vendor", isNumber: true },
  applicationsDenied: { unit: "applications", source: "both", isNumber: true },
  applicationsUnused: { unit: "applications", source: "vendor", isNumber: true },
  licenceShortfall: { unit: "licences", source: "vendor", isNumber: true },
  applicationsChange: { unit: "applications", source: "both", isNumber: true },
  saasApplications: { unit: "applications", source: "vendor", isNumber: true },
  saasUsers: { unit: "people", source: "vendor", isNumber: true },
  saasActiveUsers: { unit: "people", source: "vendor", isNumber: true },
  saasSubscriptions: { unit: "licences", source: "vendor", isNumber: true },
  saasUnassigned: { unit: "licences", source: "vendor", isNumber: true },
  saasMonthlySpend: { unit: "money", source: "both", isNumber: true },
  licenceState: { unit: "none", source: "both", isNumber: false },
  protection: { unit: "none", source: "both", isNumber: false },
  licensed: { unit: "licences", source: "vendor", isNumber: true },
  used: { unit: "licences", source: "vendor", isNumber: true },
  usedShare: { unit: "percent", source: "both", isNumber: true },
  overUnder: { unit: "licences", source: "both", isNumber: true },
  licenceEndsOn: { unit: "day", source: "vendor", isNumber: false },
  alerts: { unit: "alerts", source: "vendor", isNumber: false },
  lastSync: { unit: "age", source: "portal", isNumber: true },
  sources: { unit: "age", source: "portal", isNumber: false },
};

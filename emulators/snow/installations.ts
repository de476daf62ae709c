// What is installed on which computer and used how, and what follows from it: usage summaries, compliance, licences.
import { addDays, random, uuid } from "#emulators/random.ts";
import { catalogue, unwanted } from "./catalogue.ts";
import type { Application } from "./catalogue.ts";
import { computerCount, computerId, conditionAt, isServerAt, organisationIds } from "./computers.ts";
import type { SnowSystem } from "./systems.ts";

type Installation = { application: Application; isInstalled: boolean; isUsed: boolean };

function installationsAt(system: SnowSystem, index: number): Installation[] {
  if (conditionAt(system, index) === "inactive") return [];
  const source = random("snow-installations", system.id, index);
  const all = system.hasUnwanted ? [...catalogue, unwanted] : catalogue;
  return all.flatMap((application): Installation[] => {
    const isHere = source.chance(application.share);
    const isUsed = source.chance(0.82);
    const isInstalled = !source.chance(0.02);
    // The first sound computer of such a system has it for certain.
    const isCertain =
      application === unwanted && index === system.silent + system.quarantined + system.inactive;
    return isCertain || (isHere && application.isForServers === isServerAt(index))
      ? [{ application, isInstalled: isInstalled || isCertain, isUsed }]
      : [];
  });
}

/** All computers' applications as the vendor lists them. */
export function computerApplications(system: SnowSystem, today: string): object[] {
  return Array.from({ length: computerCount(system, today) }, (_, index) =>
    applicationsOf(system, index, today),
  ).flat();
}

export function applicationsOf(system: SnowSystem, index: number, today: string): object[] {
  const source = random("snow-usage", system.id, index);
  return installationsAt(system, index).map(({ application, isInstalled, isUsed }) => {
    const days = source.int(1, 80);
    const minutes = source.int(2, 90);
    return {
      computerId: computerId(system, index),
      applicationId: application.id,
      bundleApplicationId: null,
      firstDiscovered: `${addDays(today, -300 - days)}T03:00:00Z`,
      lastUsed: isUsed ? `${addDays(today, -days)}T09:00:00Z` : null,
      usedCount: isUsed ? days * 3 : 0,
      averageUsedTime: isUsed ? `${minutes} minutes` : null,
      isVirtual: false,
      isInstalled,
      _links: [],
    };
  });
}

type Usage = Map<Application, { installed: number; used: number }>;

/** The last one counted: it is asked for once per application. */
let counted: { key: string; usage: Usage } | null = null;

function usageOf(system: SnowSystem, today: string): Usage {
  const key = `${system.id}@${today}`;
  if (counted?.key !== key) counted = { key, usage: count(system, today) };
  return counted.usage;
}

function count(system: SnowSystem, today: string): Usage {
  const usage: Usage = new Map();
  for (let index = 0; index < computerCount(system, today); index += 1) {
    for (const { application, isInstalled, isUsed } of installationsAt(system, index)) {
      const known = usage.get(application) ?? { installed: 0, used: 0 };
      usage.set(application, {
        installed: known.installed + Number(isInstalled),
        used: known.used + Number(isInstalled && isUsed),
      });
    }
  }
  return usage;
}

export function usageSummaries(system: SnowSystem, today: string): object[] {
  return [...usageOf(system, today)].map(([{ id }, { installed, used }]) => ({
    applicationId: id,
    computers: used,
    users: used,
    installations: installed,
    _links: [],
  }));
}

/** null = the system computes no compliance for this application. */
export function complianceOf(system: SnowSystem, applicationId: string, today: string): object | null {
  for (const [application, { installed }] of usageOf(system, today)) {
    if (application.id !== applicationId || !application.needsLicence) continue;
    const bought = boughtOf(application, installed);
    return {
      applicationId,
      licensesPurchased: bought,
      availableLicenses: bought,
      licenseRequirement: installed,
      compliance: bought - installed,
      _links: [],
    };
  }
  return null;
}

export function licences(system: SnowSystem, today: string): object[] {
  return [...usageOf(system, today)]
    .filter(([{ needsLicence }]) => needsLicence)
    .map(([application, { installed }]) => ({
      id: uuid("snow-licence", system.id, application.id),
      organizationId: organisationIds(system)[0],
      applicationId: application.id,
      contractId: null,
      metricId: uuid("snow-metric", "installations"),
      purchaseDate: "2025-05-25T00:00:00Z",
      purchaseValue: boughtOf(application, installed) * 119.9,
      purchaseCurrency: "EUR",
      quantity: boughtOf(application, installed),
      _links: [],
    }));
}

function boughtOf({ bought }: Application, installed: number): number {
  return Math.round(bought * installed);
}

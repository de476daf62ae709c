// SaaS applications of one system and the people who use them, with the dated history that the vendor serves.
import { DAY_MS, addDays, random, uuid } from "#emulators/random.ts";
import type { SnowSystem } from "./systems.ts";

const services = [
  ["Microsoft 365 E3", "Microsoft Corporation", "Productivity", 0.95, 36.9, true],
  ["Microsoft Teams", "Microsoft Corporation", "Collaboration", 0.9, 4.6, true],
  ["Slack", "Salesforce", "Collaboration", 0.3, 8.25, true],
  ["Zoom Workplace", "Zoom Communications", "Conférence & réunion", 0.4, 13.33, true],
  ["Dropbox Business", "Dropbox", "File sharing", 0.25, 12, false],
  ["ChatGPT Team", "OpenAI", "Artificial intelligence", 0.2, 29.5, null],
  ["Canva", "Canva", "Design", 0.15, 11.99, false],
  ["Fatture in Cloud", "TeamSystem", "Contabilità", 0.2, 9.1, true],
  ["DeepL Pro", "DeepL SE", "Übersetzung", 0.1, 7.49, true],
  ["WeTransfer", "WeTransfer", "File sharing", 0.35, 0, false],
] as const;

/** People on one day: smooth from day to day, fewer at weekends active. */
function peopleOn(system: SnowSystem, day: string): { total: number; active: number; noActivity: number } {
  const days = (Date.parse(day) - Date.parse("2026-01-01")) / DAY_MS;
  const total = Math.max(3, Math.round(system.size * 1.3 * Math.max(0.3, 1 + (system.growth * days) / 365)));
  const wave = Math.sin(days / 9) * 0.03;
  const active = Math.min(total, Math.round(total * (0.78 + wave)));
  return { total, active, noActivity: Math.round((total - active) * 0.4) };
}

export function saasApplications(system: SnowSystem, today: string): object[] {
  const people = peopleOn(system, today).total;
  return services.map(([name, vendor, categoryName, share, monthly, sanctioned]) => {
    const source = random("snow-saas", system.id, name);
    const users = Math.max(1, Math.round(people * share));
    const purchased = monthly === 0 ? 0 : Math.round(users * (1 + source.next() * 0.3));
    const assigned = Math.min(users, purchased);
    const active = Math.round(users * (0.5 + source.next() * 0.45));
    const isPriceKnown = !source.chance(0.1);
    return {
      id: uuid("snow-saas", system.id, name),
      name,
      vendor,
      total: users,
      purchased,
      assigned,
      available: purchased - assigned,
      active,
      inactive: users - active,
      utilization: Math.round((100 * active) / users),
      yearlyCost: isPriceKnown ? Math.round(purchased * monthly * 1_200) / 100 : null,
      totalUniqueUsers: users,
      sanctioned,
      singleSignOn: source.chance(0.5),
      categoryName: source.chance(0.05) ? null : categoryName,
      riskScore: source.int(1, 10),
      licenses: [],
    };
  });
}

/** `from` and `to` are days, both included; charts have one point a day. */
export function usersKpi(system: SnowSystem, today: string, from: string, to: string): object {
  const now = peopleOn(system, today);
  const before = peopleOn(system, addDays(today, -30));
  const last = to < today ? to : today;
  const length = Math.max(0, Math.round((Date.parse(last) - Date.parse(from)) / DAY_MS) + 1);
  const days = Array.from({ length: Math.min(length, 366) }, (_, index) => {
    const day = addDays(from, index);
    return { date: `${day}T00:00:00Z`, ...peopleOn(system, day) };
  });
  const chart = (pick: (day: (typeof days)[number]) => object): object[] =>
    days.map((day) => ({ date: day.date, total: day.total, ...pick(day) }));
  return {
    active: now.active,
    activeTrend: before.active,
    activeChartData: chart(({ active }) => ({ active })),
    inactive: now.total - now.active - now.noActivity,
    inactiveTrend: before.total - before.active - before.noActivity,
    inactiveChartData: chart(({ total, active, noActivity }) => ({ inactive: total - active - noActivity })),
    noActivity: now.noActivity,
    noActivityTrend: before.noActivity,
    noActivityChartData: chart(({ noActivity }) => ({ noActivity })),
    total: now.total,
    totalTrend: before.total,
    totalChartData: chart(() => ({ added: 0, removed: 0 })),
  };
}

// Decisions on pushed snapshots: what a body may be before it is parsed, what is wrong with it, and where.
import { z } from "zod";
import type { Language } from "#locales/languages.ts";
import { Snapshot } from "#server/sync/snapshot.ts";

export const MOST_BYTES = 20 * 1024 * 1024;
const MOST_PROBLEMS = 20;
/** How far ahead of ours the clock of a source may be. */
const AHEAD_MINUTES = 5;
/** More than the lists of a snapshot may hold together, with the lists within their items. */
const MOST_CONTAINERS = 450_000;
/** A snapshot is nested three deep. */
const DEEPEST = 8;
/** A list that is no list of items: contacts, identifiers, allowed actions. */
const MOST_IN_SHORT_LIST = 1_000;
const MOST_KEYS = 60;
/** Items that are checked in one go, before other work has its turn. */
const ITEMS_AT_ONCE = 2_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const opens = new Set([0x5b, 0x7b]);
const closes = new Set([0x5d, 0x7d]);

/**
 * Looks at the bytes of a JSON text before anything is built from them: "many" has more objects and lists than a snapshot
 * can have, "deep" is nested deeper. Either would cost far more memory than its bytes.
 */
export function sizeProblem(bytes: Uint8Array): "many" | "deep" | undefined {
  let containers = 0;
  let depth = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (isText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (opens.has(byte)) {
      containers += 1;
      depth += 1;
      if (depth > DEEPEST) return "deep";
      if (containers > MOST_CONTAINERS) return "many";
    } else if (closes.has(byte)) depth -= 1;
  }
  return undefined;
}

/** The lists of items, with what tells two items of one list apart. */
const lists = [
  { path: ["devices"], key: "externalId" },
  { path: ["licences"], key: "key" },
  { path: ["alerts"], key: "externalId" },
  { path: ["applications"], key: "externalId" },
  { path: ["saas", "applications"], key: "externalId" },
  { path: ["gaps"], key: "part" },
] as const;

/** The array schema at a path of the snapshot, under its `nullable` and `default`. */
function listSchema(path: readonly string[]): z.ZodArray {
  let schema: unknown = Snapshot;
  const bare = (wrapped: unknown): unknown =>
    wrapped instanceof z.ZodNullable || wrapped instanceof z.ZodDefault ? bare(wrapped.unwrap()) : wrapped;
  for (const name of path) {
    const object = bare(schema);
    if (!(object instanceof z.ZodObject)) throw new Error(`${path.join(".")} is not in the snapshot`);
    schema = object.shape[name];
  }
  const found = bare(schema);
  if (!(found instanceof z.ZodArray)) throw new Error(`${path.join(".")} is no list`);
  return found;
}
const itemsOf = lists.map((list) => {
  const schema = listSchema(list.path);
  const { maxItems } = z.toJSONSchema(schema, { io: "input" });
  return { ...list, item: schema.element as z.ZodType, most: maxItems ?? MOST_IN_SHORT_LIST };
});

export type Problems = Record<string, string>;
export type Checked = { snapshot: Snapshot } | { problems: Problems };

type Words = { unknown: string; empty: string; range: string; duplicate: string; long: string };
const texts: Record<Language, Words> = {
  en: {
    range: "Out of the range of dates",
    unknown: "Unknown field",
    empty: "Must not be empty",
    duplicate: "The same identifier stands earlier in this list",
    long: "More items than the {most} allowed",
  },
  it: {
    range: "Fuori dall’intervallo delle date",
    unknown: "Campo sconosciuto",
    empty: "Non può essere vuoto",
    duplicate: "Lo stesso identificativo compare già nell’elenco",
    long: "Più elementi dei {most} consentiti",
  },
  fr: {
    range: "Hors de l’intervalle des dates",
    unknown: "Champ inconnu",
    empty: "Ne doit pas être vide",
    duplicate: "Le même identifiant figure déjà dans cette liste",
    long: "Plus d’éléments que les {most} autorisés",
  },
};
const locale = { en: z.locales.en, it: z.locales.it, fr: z.locales.fr };
const errorMaps = new Map(Object.entries(locale).map(([language, make]) => [language, make().localeError]));

/** `$.devices[3].state`, as JSONPath writes it. */
const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const name = String(part);
    return /^\w{1,60}$/.test(name) ? `${text}.${name}` : `${text}[${JSON.stringify(name.slice(0, 60))}]`;
  }, "$");

type Report = (path: readonly PropertyKey[], message: string) => void;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Lists and objects that are too large to be looked at one by one; true when there was one. */
function findOversized(
  value: unknown,
  path: readonly PropertyKey[],
  most: number,
  report: Report,
  text: string,
): boolean {
  if (Array.isArray(value)) {
    if (value.length <= most) return false;
    report(path, text.replace("{most}", String(most)));
    return true;
  }
  if (!isRecord(value)) return false;
  const keys = Object.keys(value);
  if (keys.length > MOST_KEYS) {
    report(path, text.replace("{most}", String(MOST_KEYS)));
    return true;
  }
  return keys.some((name) => findOversized(value[name], [...path, name], MOST_IN_SHORT_LIST, report, text));
}

function reportIssues(
  error: z.ZodError,
  at: readonly PropertyKey[],
  report: Report,
  language: Language,
): void {
  for (const issue of error.issues) {
    const path = [...at, ...issue.path];
    if (issue.code === "unrecognized_keys")
      for (const key of issue.keys) report([...path, key], texts[language].unknown);
    else if (issue.code === "custom")
      report(path, issue.message === "range" ? texts[language].range : texts[language].empty);
    else report(path, issue.message);
  }
}

/** The value at a path; undefined where there is none. */
const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);

/** `value` with other lists at the paths of `replaced`; what is not there stays away. */
function withLists(value: unknown, replaced: ReadonlyMap<string, unknown[]>, at = ""): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const path = at === "" ? name : `${at}.${name}`;
      return [name, replaced.get(path) ?? (name === "saas" ? withLists(inner, replaced, path) : inner)];
    }),
  );
}

/**
 * Checks a parsed body against the snapshot's schema. Yields between portions, so that others have their turn; returns the
 * snapshot as it is stored, or at most 20 problems by JSON path, in `language`. An identifier may stand once in its list.
 */
export function* checkSnapshot(value: unknown, language: Language): Generator<undefined, Checked> {
  const problems: Problems = {};
  let count = 0;
  const report: Report = (path, message) => {
    const name = pathText(path);
    if (count >= MOST_PROBLEMS || Object.hasOwn(problems, name)) return;
    problems[name] = message;
    count += 1;
  };
  const words = texts[language];
  const options = { error: errorMaps.get(language) } as z.core.ParseContext<z.core.$ZodIssue>;
  const good = new Map<string, unknown[]>();
  for (const { path, key, item, most } of itemsOf) {
    const items = valueAt(value, path);
    if (!Array.isArray(items)) continue;
    const taken: unknown[] = [];
    good.set(path.join("."), taken);
    if (items.length > most) {
      report(path, words.long.replace("{most}", String(most)));
      continue;
    }
    const seen = new Set<unknown>();
    for (let at = 0; at < items.length && count < MOST_PROBLEMS; at += 1) {
      if (at > 0 && at % ITEMS_AT_ONCE === 0) yield;
      const where = [...path, at];
      if (findOversized(items[at], where, MOST_IN_SHORT_LIST, report, words.long)) continue;
      const parsed = item.safeParse(items[at], options);
      if (!parsed.success) reportIssues(parsed.error, where, report, language);
      else {
        const identifier = (parsed.data as Record<string, unknown>)[key];
        if (seen.has(identifier)) report([...where, key], words.duplicate);
        seen.add(identifier);
        taken.push(parsed.data);
      }
    }
  }
  yield;
  const empty = new Map([...good.keys()].map((path) => [path, []]));
  const rest = withLists(value, empty);
  if (!findOversized(rest, [], MOST_IN_SHORT_LIST, report, words.long)) {
    const parsed = Snapshot.safeParse(rest, options);
    if (!parsed.success) reportIssues(parsed.error, [], report, language);
    else if (count === 0) return { snapshot: withLists(parsed.data, good) as Snapshot };
  }
  return { problems };
}

/** A source whose clock is a little ahead is believed, one that is far ahead would never be overtaken. */
export const isFuture = (takenAt: string, now: Date): boolean =>
  Date.parse(takenAt) > now.getTime() + AHEAD_MINUTES * 60_000;

export const isIdempotencyKey = (key: string | null): key is string =>
  key !== null && /^[\x21-\x7e]{1,200}$/.test(key);

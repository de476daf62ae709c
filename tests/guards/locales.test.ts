import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runTool, tools } from "#scripts/check.ts";
import { repository, withTree } from "#tests/guards/tree.ts";

const languages = ["en", "it", "fr"] as const;
type Language = (typeof languages)[number];
/** Every text by `namespace:dotted.key`. */
type Texts = ReadonlyMap<string, string>;

function flatten(value: unknown, path: string, into: Map<string, string>): Map<string, string> {
  if (typeof value === "string") return into.set(path, value);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${path} is no text`);
  for (const [key, inner] of Object.entries(value))
    flatten(inner, path.endsWith(":") ? path + key : `${path}.${key}`, into);
  return into;
}

function readTexts(language: Language): Texts {
  const folder = join(repository, "locales", language);
  const texts = new Map<string, string>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json")))
    flatten(JSON.parse(readFileSync(join(folder, file), "utf8")), `${file.replace(/\.json$/, "")}:`, texts);
  return texts;
}

const pluralSuffix = /_(zero|one|two|few|many|other)$/;
const base = (key: string) => key.replace(pluralSuffix, "");
const categories = (language: Language) => new Intl.PluralRules(language).resolvedOptions().pluralCategories;
const placeholders = (text: string) =>
  [...text.matchAll(/\{\{\s*-?\s*(\w+)/g)].map((match) => match[1] ?? "");
const list = (names: readonly string[]) => [...new Set(names)].toSorted().join(", ");

/** Everyday words that only one of the three languages has: where another shows them, a sentence was left behind. */
const ownWords: Record<Language, RegExp> = {
  en: /\b(the|your|with|and|this|which|please|has|been)\b/i,
  it: /(?<!\p{L})(della|delle|gli|questo|questa|perché|sono|nel|è|più)(?!\p{L})/iu,
  fr: /(?<!\p{L})(les|des|vous|votre|avec|cette|une|pas|été)(?!\p{L})/iu,
};

function keyProblems(language: Language, english: Texts, texts: Texts): string[] {
  const families = new Set([...english.keys()].filter((key) => pluralSuffix.test(key)).map(base));
  const wanted = new Set(
    [...english.keys()].flatMap((key) =>
      families.has(base(key)) ? categories(language).map((category) => `${base(key)}_${category}`) : [key],
    ),
  );
  return [
    ...[...wanted].filter((key) => !texts.has(key)).map((key) => `${language} ${key}: missing`),
    ...[...texts.keys()].filter((key) => !wanted.has(key)).map((key) => `${language} ${key}: surplus`),
  ];
}

function textProblems(language: Language, key: string, text: string, english: Texts): string[] {
  const problems: string[] = [];
  const original = english.get(key) ?? english.get(`${base(key)}_other`) ?? "";
  // "One customer" needs no figure, so the form for one may leave its count out.
  const compared = (names: string[]) =>
    list(key.endsWith("_one") ? names.filter((name) => name !== "count") : names);
  if (compared(placeholders(text)) !== compared(placeholders(original)))
    problems.push("placeholders differ from English");
  if (text.trim() === "") problems.push("empty");
  else if (text !== text.trim()) problems.push("blank at an end");

  const prose = text.replace(/\{\{[^}]*\}\}/g, "x").replace(/https?:\S+/g, "x");
  if (language === "fr" && /[^\u202F;:!?](?=[;:!?](?![\p{L}\d/]))/u.test(prose))
    problems.push("no narrow no-break space before ; : ! ?");
  if (language !== "fr" && /\s[;:!?](?!\p{L})/u.test(prose)) problems.push("space before ; : ! ?");
  if (/\p{L}'\p{L}/u.test(prose)) problems.push("straight apostrophe");

  if (language !== "en" && text === original && (prose.match(/\p{L}{2,}/gu)?.length ?? 0) > 3)
    problems.push("left in English");
  const foreign = languages.filter((other) => other !== language && ownWords[other].test(prose));
  if (foreign.length > 0) problems.push(`words of ${foreign.join(" and ")}`);
  return problems.map((problem) => `${language} ${key}: ${problem}`);
}

function localeProblems(all: Record<Language, Texts>): string[] {
  return languages.flatMap((language) => [
    ...keyProblems(language, all.en, all[language]),
    ...[...all[language]].flatMap(([key, text]) => textProblems(language, key, text, all.en)),
  ]);
}

const all = { en: readTexts("en"), it: readTexts("it"), fr: readTexts("fr") };
const texts = (entries: Record<string, string>): Texts => new Map(Object.entries(entries));

describe("the texts", () => {
  it("are there to be checked", () => {
    expect(all.en.size).toBeGreaterThan(50);
    expect([...all.en.values()].some((text) => placeholders(text).length > 0)).toBe(true);
  });

  it("agree in three languages", () => {
    expect(localeProblems(all)).toEqual([]);
  });
});

describe("the check of the texts", () => {
  const en = texts({
    "a:title": "Sync now",
    "a:rows_one": "{{count}} row",
    "a:rows_other": "{{count}} rows",
  });
  const it_ = texts({
    "a:title": "Sincronizza ora",
    "a:rows_one": "Una riga",
    "a:rows_many": "{{count}} di righe",
    "a:rows_other": "{{count}} righe",
  });
  const fr = texts({
    "a:title": "Synchroniser",
    "a:rows_one": "Une ligne",
    "a:rows_many": "{{count}} de lignes",
    "a:rows_other": "{{count}} lignes",
  });

  it("accepts a complete set", () => {
    expect(localeProblems({ en, it: it_, fr })).toEqual([]);
  });

  it.each<[what: string, language: "it" | "fr", key: string, text: string | undefined, problem: string]>([
    ["a missing key", "fr", "a:title", undefined, "fr a:title: missing"],
    ["a surplus key", "it", "a:subtitle", "Altro", "it a:subtitle: surplus"],
    ["a missing plural of the millions", "it", "a:rows_many", undefined, "it a:rows_many: missing"],
    ["a plural the language has not", "fr", "a:rows_few", "{{count}} lignes", "fr a:rows_few: surplus"],
    [
      "a lost placeholder",
      "it",
      "a:rows_other",
      "righe",
      "it a:rows_other: placeholders differ from English",
    ],
    [
      "a misspelt placeholder",
      "fr",
      "a:title",
      "Synchroniser {{nom}}",
      "fr a:title: placeholders differ from English",
    ],
    ["an empty text", "it", "a:title", " ", "it a:title: empty"],
    [
      "a French colon without its space",
      "fr",
      "a:title",
      "État: synchronisé",
      "fr a:title: no narrow no-break space before ; : ! ?",
    ],
    [
      "a French question with an ordinary space",
      "fr",
      "a:title",
      "Continuer ?",
      "fr a:title: no narrow no-break space before ; : ! ?",
    ],
    ["a straight apostrophe", "fr", "a:title", "L'accès", "fr a:title: straight apostrophe"],
    ["an English sentence in Italian", "it", "a:title", "Check the customer", "it a:title: words of en"],
    ["an Italian sentence in French", "fr", "a:title", "Stato della licenza", "fr a:title: words of it"],
  ])("finds %s", (_what, language, key, text, problem) => {
    const changed = { en, it: new Map(it_), fr: new Map(fr) };
    if (text === undefined) changed[language].delete(key);
    else changed[language].set(key, text);
    expect(localeProblems(changed)).toContain(problem);
  });

  it("accepts French punctuation as it should be, times and addresses", () => {
    const good = texts({
      ...Object.fromEntries(fr),
      "a:title": "Quand\u202F? À 14:05, https://example.org/?a=b",
    });
    expect(localeProblems({ en, it: it_, fr: good })).toEqual([]);
  });
});

describe("the compiler", () => {
  const files = readdirSync(join(repository, "locales"), { recursive: true, encoding: "utf8" })
    .map((name) => `locales/${name.replaceAll("\\", "/")}`)
    .filter((name) => /\.(json|ts)$/.test(name) && !name.endsWith(".test.ts"));
  const compile = (extra: Record<string, string>) =>
    withTree(extra, ["package.json", "tsconfig.json", ...files.filter((file) => !(file in extra))], (root) =>
      runTool(tools.types, root),
    );
  const read = (file: string) => readFileSync(join(repository, file), "utf8");

  it("accepts the texts as they are and a key that exists", async () => {
    const use =
      'import { getT } from "#locales/server.ts";\nexport const title = (await getT("it", "common"))("product");\n';
    const outcome = await compile({ "server/title.ts": use });
    expect(outcome.output).toBe("");
    expect(outcome.failed).toBe(false);
  });

  it("refuses a missing Italian key and a misspelt one", async () => {
    const use =
      'import { getT } from "#locales/server.ts";\nexport const title = (await getT("it", "common"))("prodct");\n';
    const italian = read("locales/it/common.json").replace('"product":', '"prodotto":');
    const outcome = await compile({ "server/title.ts": use, "locales/it/common.json": italian });
    expect(outcome.failed).toBe(true);
    expect(outcome.output).toMatch(/^locales\/resources\.ts[\s\S]*Property '"?product"?' is missing/);
    expect(outcome.output).toMatch(/server\/title\.ts.*"prodct"/);
  });
});

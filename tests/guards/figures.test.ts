// Every figure is explained in three languages, and what is explained is shown somewhere: neither can be forgotten.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Figure, figureName, labelText, places } from "#components/figures/registry.ts";
import { languages } from "#locales/languages.ts";
import { resources } from "#locales/resources.ts";
import { columnIds } from "#server/columns/schema.ts";
import { repository } from "./tree.ts";

const figures = places.flatMap((place) => place.figures);
const ids = figures.map(({ id }) => id);

/** What pages are made of, without the registry itself. */
const sources = ["app", "components"].flatMap((folder) =>
  readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
    .map((path) => join(folder, path))
    .filter((path) => path !== join("components", "figures", "registry.ts"))
    .map((path) => readFileSync(join(repository, path), "utf8")),
);

/** Figures that no page names. The list's own come from its columns (table-head.ts), which all have a head. */
const unshown = (all: readonly Pick<Figure, "id">[], texts: readonly string[]): string[] =>
  all
    .map(({ id }) => id)
    .filter((id) => !columnIds.some((column) => column === id))
    .filter((id) => !texts.some((text) => text.includes(`"${id}"`)));

describe("the registry of figures", () => {
  test("names each figure once, and every column of the list", () => {
    expect(ids.length).toBeGreaterThan(100);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([...columnIds]));
  });

  test.each(languages)("is explained in %s, and nothing else is", (language) => {
    const { help } = resources[language];
    expect(Object.keys(help.figure).toSorted()).toEqual(ids.toSorted());
    for (const { id } of figures) expect(figureName(language, id), id).not.toBe("");
    for (const { title } of places)
      for (const label of title) expect(labelText(language, label)).not.toBe("");
    expect(Object.keys(help.unit).toSorted()).toEqual(
      [...new Set(figures.map(({ unit }) => unit))].toSorted(),
    );
    expect(Object.keys(help.source).toSorted()).toEqual(
      [...new Set(figures.map(({ source }) => source))].toSorted(),
    );
    const named = figures.flatMap(({ label }) => (label.startsWith("help:name.") ? [label.slice(10)] : []));
    expect(Object.keys(help.name).toSorted()).toEqual(named.toSorted());
  });

  test("has no entry that no page shows", () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(unshown(figures, sources)).toEqual([]);
  });

  test("would tell one that no page shows", () => {
    const others = sources.map((text) => text.replaceAll('"runOutcome"', '"x"'));
    expect(unshown(figures, others)).toEqual(["runOutcome"]);
  });

  test("refuses a label without a text", () => {
    expect(() => labelText("en", "help:nothing.here")).toThrow("no text for help:nothing.here");
  });
});

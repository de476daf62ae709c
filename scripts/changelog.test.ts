import { expect, it } from "vitest";
import { changelog } from "./changelog.ts";

const commit = (subject: string, ...tags: string[]) => ({ day: "2026-11-21", subject, tags });

it("sorts what a reader notices under its version and leaves out the rest", () => {
  const text = changelog([
    commit("fix(customers): keep the filter when sorting"),
    commit("chore: tidy up"),
    commit("feat!: one address per noun", "v0.2.0"),
    commit("feat: sign in"),
    commit("Merge branch"),
    commit("perf(sync): copy rows in batches", "other", "v0.1.0"),
  ]);
  expect(text).toBe(`# Changelog

Generated from the commits by \`npm run changelog\`.

## Unreleased

### Fixed

- customers: keep the filter when sorting

## 0.2.0 (2026-11-21)

### Added

- **Breaking:** one address per noun
- sign in

## 0.1.0 (2026-11-21)

### Faster

- sync: copy rows in batches
`);
});

it("says nothing under a version that changed nothing a reader notices", () => {
  expect(changelog([commit("test: more cases", "v0.1.0")])).not.toContain("0.1.0");
});

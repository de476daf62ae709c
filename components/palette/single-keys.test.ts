// Keys that are pressed alone can be switched off, also where the browser keeps nothing.
import { afterEach, describe, expect, test, vi } from "vitest";
import { hasSingleKeys, setSingleKeys } from "./single-keys.ts";

afterEach(() => {
  setSingleKeys(true);
  vi.unstubAllGlobals();
});
const storage = (kept = new Map<string, string>()) => ({
  getItem: (name: string) => kept.get(name) ?? null,
  setItem: (name: string, value: string) => void kept.set(name, value),
  removeItem: (name: string) => void kept.delete(name),
});
const refuse = () => {
  throw new DOMException("no", "SecurityError");
};

describe("single-key shortcuts", () => {
  test.each([
    ["in the browser's storage", storage()],
    ["without one", { getItem: refuse, setItem: refuse, removeItem: refuse }],
  ])("are on until they are switched off, %s", (_where, localStorage) => {
    vi.stubGlobal("localStorage", localStorage);
    expect(hasSingleKeys()).toBe(true);
    setSingleKeys(false);
    expect(hasSingleKeys()).toBe(false);
    setSingleKeys(true);
    expect(hasSingleKeys()).toBe(true);
  });
});

// The seal opens for its key at its place, and for nothing else.
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { seal, unseal } from "./seal.ts";

function keys() {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  return {
    publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64"),
    privateKey: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
  };
}
const place = { table: "connection", column: "secret", row: "r1" };

describe("seal", () => {
  it("opens with the private key at the same place", () => {
    const { publicKey, privateKey } = keys();
    const sealed = seal("sécret ✓", publicKey, place);
    expect(sealed.includes(Buffer.from("sécret"))).toBe(false);
    expect(unseal(sealed, privateKey, place)).toBe("sécret ✓");
  });
  it("does not open with another key, at another place, or after a change of any byte", () => {
    const { publicKey, privateKey } = keys();
    const sealed = seal("secret", publicKey, place);
    expect(() => unseal(sealed, keys().privateKey, place)).toThrow(/authenticate/);
    expect(() => unseal(sealed, privateKey, { ...place, row: "r2" })).toThrow(/authenticate/);
    for (const index of [0, 5, 40, 50, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => unseal(changed, privateKey, place)).toThrow(/authenticate|version/);
    }
  });
});

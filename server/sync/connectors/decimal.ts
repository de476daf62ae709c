// Exact decimal quantities out of what a vendor sends as numbers or text.
import { VendorError } from "#server/http/errors.ts";

const PLACES = 4;
const SCALE = 10n ** BigInt(PLACES);

/** Ten-thousandths; further places are rounded half away from zero. */
export function toScaled(value: number | string): bigint {
  const [, sign, whole = "", fraction = ""] = /^(-?)(\d{1,12})(?:\.(\d+))?$/.exec(String(value).trim()) ?? [];
  if (sign === undefined) throw new VendorError("vendor.malformed", "a quantity that is not a number");
  const kept = BigInt(whole) * SCALE + BigInt(fraction.slice(0, PLACES).padEnd(PLACES, "0"));
  const rounded = (fraction[PLACES] ?? "0") >= "5" ? kept + 1n : kept;
  return sign === "-" ? -rounded : rounded;
}

export function fromScaled(scaled: bigint): string {
  const size = scaled < 0n ? -scaled : scaled;
  const fraction = (size % SCALE).toString().padStart(PLACES, "0").replace(/0+$/, "");
  return `${scaled < 0n ? "-" : ""}${size / SCALE}${fraction === "" ? "" : `.${fraction}`}`;
}

/** The sum of what is stated; null when nothing is. */
export function sum(values: readonly (number | string | null | undefined)[]): string | null {
  const stated = values.filter((value) => value !== null && value !== undefined);
  return stated.length === 0
    ? null
    : fromScaled(stated.reduce((total, value) => total + toScaled(value), 0n));
}

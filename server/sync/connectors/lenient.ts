// Shapes for what vendors send, read leniently: unknown keys are ignored, numbers may be strings, absent may be null.
import { z } from "zod";
import { VendorError } from "#server/http/errors.ts";

/** "" where the vendor sends nothing. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");

export const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);

/** A quantity that must stay exact: see decimal.ts. */
export const amount = z.union([z.number(), z.string()]);

/** Empty where the vendor sends nothing. */
export const list = <Shape extends z.ZodType>(shape: Shape) =>
  z
    .array(shape)
    .nullish()
    .transform((value) => value ?? []);

/** Throws vendor.malformed. The detail names the place of the wrong shape, never the vendor's value. */
export function parseAs<Shape extends z.ZodType>(
  shape: Shape,
  value: unknown,
  what: string,
): z.output<Shape> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const place = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  throw new VendorError("vendor.malformed", `${what}: unexpected ${place || "answer"}`.slice(0, 200));
}

// Inputs and outputs of pinned customers.
import { z } from "zod";
import { CustomerRow } from "#server/customers/schema.ts";

/** So many a member may pin: they are a block of their own on the first page of the list (decision 15). */
export const MOST_PINS = 50;

/** `pinned`: it is now; `already`: it was; `tooMany`: no room is left; `notFound`: not visible to the member. */
export const PinOutcome = z.enum(["pinned", "already", "tooMany", "notFound"]);
export type PinOutcome = z.infer<typeof PinOutcome>;

export const PinForm = z.object({ act: z.enum(["pin", "unpin"]), return: z.string().max(2000).optional() });

const PinnedRow = CustomerRow.omit({ groups: true });
export type PinnedRow = z.infer<typeof PinnedRow>;
export const PinnedInput = z.strictObject({ group: z.uuid().optional(), changed: z.uuid().optional() });
export type PinnedInput = z.output<typeof PinnedInput>;
export const Pinned = z.object({ rows: z.array(PinnedRow), changedName: z.string().nullable() });
export type Pinned = z.infer<typeof Pinned>;

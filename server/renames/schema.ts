// Inputs and outputs of a customer's chosen name and of its way to the vendors.
import { z } from "zod";

/** Longer than any name may be, so that the rule can say what is wrong. */
export const TypedName = z.string().max(2_000);

/** `seen`: the name that stood there when the form was shown; another one by now is somebody else's edit. */
export const RenameForm = z.discriminatedUnion("act", [
  z.strictObject({
    act: z.literal("rename"),
    name: TypedName.default(""),
    seen: z.string().max(300),
    return: z.string().max(2_000).optional(),
  }),
  z.strictObject({
    act: z.literal("retry"),
    accountId: z.uuid(),
    return: z.string().max(2_000).optional(),
  }),
]);

/** How the chosen name stands at one vendor account; `same`: the vendor shows it too. */
export const NameWrite = z.object({
  state: z.enum(["same", "waiting", "by_hand", "sent", "refused"]),
  /** Why it still waits or was refused: a key of the errors' texts; the vendor's own words. */
  code: z.string().nullable(),
  detail: z.string().nullable(),
  /** When it was asked for, sent or refused, by its state. */
  at: z.string(),
  /** While it waits after a failed try. */
  nextTryAt: z.string().nullable(),
});
export type NameWrite = z.infer<typeof NameWrite>;

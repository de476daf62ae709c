// Inputs and outputs of a customer's contacts.
import { z } from "zod";

export const contactRoles = ["administrator", "billing", "technical", "other"] as const;

/** A contact with what its editor needs; `hidden`: the vendor names it, and a person took it away here. */
export const Contact = z.object({
  id: z.uuid(),
  role: z.enum(contactRoles),
  firstName: z.string(),
  lastName: z.string(),
  email: z.string(),
  phone: z.string(),
  source: z.enum(["vendor", "import", "person"]),
  isHidden: z.boolean(),
  version: z.number(),
});
export type Contact = z.infer<typeof Contact>;

/** One line, composed. */
const line = (most: number) =>
  z
    .string()
    .transform((value) =>
      value
        .replaceAll(/[\p{Cc}\s]+/gu, " ")
        .normalize("NFC")
        .trim(),
    )
    .pipe(z.string().max(most))
    .default("");
const fields = {
  role: z.enum(contactRoles),
  firstName: line(100),
  lastName: line(100),
  /** Unusual addresses are somebody's: one @ with something before and a name after it. */
  email: line(320).refine((value) => value === "" || /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)*$/.test(value), "email"),
  phone: line(60).refine((value) => value === "" || /^\+?[\d\s()./\-x#*]{3,}$/i.test(value), "phone"),
};
const which = { contactId: z.uuid(), version: z.coerce.number().int().min(1).max(2_000_000_000) };

/** What the forms of contacts send, by their `act`; `version` is the one that the person saw. */
export const ContactForm = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("add"), ...fields }),
  z.strictObject({ act: z.literal("change"), ...which, ...fields }),
  z.strictObject({ act: z.literal("remove"), ...which }),
  z.strictObject({ act: z.literal("show"), ...which }),
]);
export type ContactForm = z.output<typeof ContactForm>;
export type ContactFields = Omit<Extract<ContactForm, { act: "add" }>, "act">;

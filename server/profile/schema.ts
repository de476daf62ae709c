// Inputs and outputs of the profile page.
import { z } from "zod";

const Provider = z.object({ id: z.uuid(), name: z.string() });

export const Profile = z.object({
  name: z.string(),
  email: z.string(),
  language: z.enum(["en", "it", "fr"]),
  timeZone: z.string(),
  /** The session was opened by a provider, so how the person signs in cannot be changed in it. */
  isVouched: z.boolean(),
  isFresh: z.boolean(),
  /** When this was put together; ages are told from it. */
  now: z.string(),
  secondFactor: z.discriminatedUnion("state", [
    z.object({ state: z.literal("off") }),
    /** The secret only to a person who has just proved who they are. */
    z.object({ state: z.literal("pending"), secret: z.string().nullable(), uri: z.string().nullable() }),
    z.object({ state: z.literal("on"), since: z.string(), codesLeft: z.number() }),
  ]),
  identities: z.array(
    z.object({
      issuer: z.string(),
      subject: z.string(),
      email: z.string(),
      createdAt: z.string(),
      lastUsedAt: z.string().nullable(),
    }),
  ),
  /** Providers of the person's own partners and customers that they could link. */
  linkable: z.array(Provider.extend({ issuer: z.string() })),
  /** The provider that can say anew who the person is: the one that opened the session. */
  provider: Provider.nullable(),
  sessions: z.array(
    z.object({
      id: z.uuid(),
      isCurrent: z.boolean(),
      userAgent: z.string(),
      address: z.string(),
      createdAt: z.string(),
      lastSeenAt: z.string(),
      provider: z.string().nullable(),
    }),
  ),
});
export type Profile = z.output<typeof Profile>;

export const NewCodes = z.object({ sealed: z.string().max(2000) });
export const Ticket = z.object({ ticket: z.string().max(2000) });
export const TicketDetails = z.object({ issuerId: z.uuid(), name: z.string(), host: z.string() }).nullable();

export const AboutForm = z.object({
  name: z.string().trim().min(1).max(200),
  language: z.enum(["en", "it", "fr"]),
  timeZone: z.string().max(60),
});

// Inputs and outputs of the page on identity providers.
import { z } from "zod";

const SignInProvider = z.object({
  id: z.uuid(),
  name: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  hasSecret: z.boolean(),
  isEnabled: z.boolean(),
  createdAt: z.string(),
  /** What to register at the provider. */
  redirectUri: z.string(),
  /** The page of ours that leads to this provider, for the people who use it. */
  signInLink: z.string(),
});
export type SignInProvider = z.output<typeof SignInProvider>;

export const SignInProviders = z.object({
  providers: z.array(SignInProvider),
  isFresh: z.boolean(),
  /** A provider that is not made yet: its redirect address has to be registered first. */
  draft: z.object({ sealed: z.string(), redirectUri: z.string() }),
});
export type SignInProviders = z.output<typeof SignInProviders>;

/** The draft of an address, so that its redirect address stays the same when the page is loaded again. */
export const DraftInput = { draft: z.string().max(1000).optional() };

export const NewProvider = z.object({
  draft: z.string().max(1000),
  name: z.string().trim().min(1).max(100),
  issuer: z.string().trim().min(10).max(500),
  clientId: z.string().trim().min(1).max(500),
  clientSecret: z.string().trim().max(1000).default(""),
});
export type NewProvider = z.output<typeof NewProvider>;

export const ProviderChange = z.discriminatedUnion("action", [
  z.object({ action: z.literal("test") }),
  z.object({ action: z.literal("enable") }),
  z.object({ action: z.literal("disable") }),
  z.object({ action: z.literal("remove") }),
  z.object({ action: z.literal("secret"), clientSecret: z.string().trim().max(1000) }),
]);
export type ProviderChange = z.output<typeof ProviderChange>;

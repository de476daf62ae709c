// Fresh sign-in: what is delicate asks that the person proved a moment ago who they are.
import { AppError } from "#server/errors.ts";

/** Minutes that a proof is good for (security page: at most 5). */
const FRESH_MINUTES = 5;

/**
 * Throws `auth.proofNeeded` (401) unless the person behind `actor` proved who they are at most five minutes ago. A form is
 * then led to `/profile/prove`, which asks for the password or a code and leads back. A token's actor never passes.
 */
export function requireFresh(actor: { provedAt?: Date | undefined }): void {
  if (!isFresh(actor)) throw new AppError("auth.proofNeeded");
}

/** Whether `requireFresh` would let `actor` pass: for a page that says beforehand that a proof will be asked for. */
export const isFresh = ({ provedAt }: { provedAt?: Date | undefined }): boolean =>
  provedAt !== undefined && provedAt.getTime() > Date.now() - FRESH_MINUTES * 60_000;

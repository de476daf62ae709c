// The rate limit of sign-in: per account and address, and per address alone; it slows, it never locks out.
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { rawPool } from "#db/client.ts";

const WINDOW_SECONDS = 300;
const make = (keyPrefix: string, points: number, pool: ReturnType<typeof rawPool>) =>
  new RateLimiterPostgres({
    storeClient: pool,
    storeType: "pool",
    tableName: "sign_in_limit",
    tableCreated: true,
    keyPrefix,
    points,
    duration: WINDOW_SECONDS,
  });

let limiters: { perAccount: RateLimiterPostgres; perAddress: RateLimiterPostgres } | undefined;
function all() {
  if (!limiters) {
    const pool = rawPool("signin", 2);
    limiters = { perAccount: make("account", 10, pool), perAddress: make("address", 100, pool) };
  }
  return limiters;
}
const keyOf = (email: string, address: string) => `${email.toLowerCase().slice(0, 120)}|${address}`;

/** Counts an attempt; answers how many seconds to wait, 0 when it may go on. */
export async function countAttempt(email: string, address: string): Promise<number> {
  const { perAccount, perAddress } = all();
  try {
    if (address !== "") await perAddress.consume(address);
    await perAccount.consume(keyOf(email, address));
    return 0;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw refused;
  }
}

/** A success clears the account's count at this address. */
export const clearAttempts = async (email: string, address: string): Promise<void> => {
  await all().perAccount.delete(keyOf(email, address));
};

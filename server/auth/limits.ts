// The rate limit of sign-in: per account and address, and per address alone; it slows, it never locks out.
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { rawPool } from "#db/client.ts";

const WINDOW_SECONDS = 300;
/** Longer for codes: ten in a quarter of an hour find one of a million in a year, not in a month. */
const CODE_WINDOW_SECONDS = 900;
const make = (
  keyPrefix: string,
  points: number,
  pool: ReturnType<typeof rawPool>,
  duration = WINDOW_SECONDS,
) =>
  new RateLimiterPostgres({
    storeClient: pool,
    storeType: "pool",
    tableName: "sign_in_limit",
    tableCreated: true,
    keyPrefix,
    points,
    duration,
  });

type Limiters = Record<"perAccount" | "perAddress" | "perCode", RateLimiterPostgres>;
let limiters: Limiters | undefined;
function all() {
  if (!limiters) {
    const pool = rawPool("signin", 2);
    limiters = {
      perAccount: make("account", 10, pool),
      perAddress: make("address", 100, pool),
      perCode: make("code", 10, pool, CODE_WINDOW_SECONDS),
    };
  }
  return limiters;
}
const keyOf = (email: string, address: string) => `${email.toLowerCase().slice(0, 120)}|${address}`;

/** Counts an attempt; answers how many seconds to wait, 0 when it may go on. */
export async function countAttempt(email: string, address: string): Promise<number> {
  const { perAccount, perAddress } = all();
  return secondsToWait(async () => {
    if (address !== "") await perAddress.consume(address);
    await perAccount.consume(keyOf(email, address));
  });
}

/**
 * Counts a code that a person is said to have given, from wherever: three codes of a million are right at any time, so many
 * addresses may not share the guessing. Who comes this far knows the password, so nobody else can make a person wait.
 */
export const countCode = (userId: string): Promise<number> =>
  secondsToWait(() => all().perCode.consume(userId));

async function secondsToWait(consume: () => Promise<unknown>): Promise<number> {
  try {
    await consume();
    return 0;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw refused;
  }
}

/** A success, with the second factor where there is one, clears the account's count at this address and that of codes. */
export const clearAttempts = async (email: string, address: string, userId: string): Promise<void> => {
  const { perAccount, perCode } = all();
  await Promise.all([perAccount.delete(keyOf(email, address)), perCode.delete(userId)]);
};

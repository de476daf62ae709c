/** Length of the bar at the limit, of 64; what is beyond passes the mark. */
const LIMIT = 48;

/** How far a bar of 64 reaches; undefined where there is no limit to measure by. */
export function usageLength(used: string | null, limit: string | null): number | undefined {
  if (used === null || limit === null) return undefined;
  if (Number(limit) <= 0) return Number(used) > 0 ? 64 : undefined;
  return Math.min(64, Math.round((Number(used) / Number(limit)) * LIMIT));
}

/** An exact decimal as ten-thousandths, the precision at which quantities are stored. */
function tenThousandths(decimal: string): bigint {
  const [whole = "0", part = ""] = decimal.split(".");
  return BigInt(whole + part.padEnd(4, "0").slice(0, 4));
}

/** Used minus the limit, exactly; undefined where one of them is unknown. */
export function overUnder(used: string | null, limit: string | null): string | undefined {
  if (used === null || limit === null) return undefined;
  const difference = tenThousandths(used) - tenThousandths(limit);
  const size = difference < 0n ? -difference : difference;
  return `${difference < 0n ? "-" : ""}${size / 10_000n}.${String(size % 10_000n).padStart(4, "0")}`;
}

/** By how much the limit is exceeded, exactly; undefined where it is not. */
export function overUse(used: string | null, limit: string | null): string | undefined {
  const difference = overUnder(used, limit);
  return difference === undefined || difference.startsWith("-") || Number(difference) === 0
    ? undefined
    : difference;
}

/** Used against the limit, which is the mark; beside it stands the figure, so the drawing itself is silent. */
export function UsageBar({ length, isOver }: { length: number; isOver: boolean }) {
  return (
    <svg className={isOver ? "ub over" : "ub"} viewBox="0 0 64 8" aria-hidden="true">
      <path d={`M0 4H${isOver ? Math.max(length, LIMIT + 4) : Math.min(length, LIMIT)}`} />
      <path d={`M${LIMIT} 0V8`} />
    </svg>
  );
}

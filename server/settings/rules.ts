// Decisions of the settings: which instant a wall clock means, whether a window or a pattern can be accepted.

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A forgotten window would hide warnings for good. */
const LONGEST_WINDOW_DAYS = 31;

/** What the wall clock of `timeZone` shows at `instant`, as if it were UTC: a Date for calendar arithmetic only. */
export function wallClock(timeZone: string, instant: Date): Date {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((one) => one.type === type)?.value ?? 0);
  return new Date(
    Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")),
  );
}

/**
 * The instant at which the wall clock of `timeZone` shows `local` ("2026-03-29T02:30" or its reading as UTC). Of an hour
 * that comes twice the first or the `last` one; an hour that is left out means as many minutes after the clock was put
 * forward. undefined: there is no such day.
 */
export function instantOf(
  timeZone: string,
  local: string | Date,
  which: "first" | "last" = "first",
): Date | undefined {
  const reading = typeof local === "string" ? new Date(`${local}:00Z`) : local;
  if (Number.isNaN(reading.getTime())) return undefined;
  if (typeof local === "string" && reading.toISOString().slice(0, 16) !== local) return undefined;
  const offsetAt = (time: number) => wallClock(timeZone, new Date(time)).getTime() - time;
  // No zone is further than a day from UTC, and none changes its offset twice within these two days.
  const before = offsetAt(reading.getTime() - DAY);
  const after = offsetAt(reading.getTime() + DAY);
  const candidates = [...new Set([before, after])]
    .map((offset) => reading.getTime() - offset)
    .filter((time) => wallClock(timeZone, new Date(time)).getTime() === reading.getTime())
    .sort((a, b) => a - b);
  const found = which === "first" ? candidates[0] : candidates.at(-1);
  return new Date(found ?? reading.getTime() - before);
}

/** How far `timeZone` is from UTC at `instant`: "UTC", "UTC+1", "UTC+5:45". */
export function offsetName(timeZone: string, instant: Date): string {
  const minutes = Math.round((wallClock(timeZone, instant).getTime() - instant.getTime()) / MINUTE);
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? "" : `:${String(size % 60).padStart(2, "0")}`;
  return `UTC${minutes > 0 ? "+" : "−"}${Math.floor(size / 60)}${rest}`;
}

/** What is wrong with a window between two wall clock readings, or its instants. Its length is counted by the calendar. */
export function windowOf(
  timeZone: string,
  times: { from: string; until: string },
  now: Date,
): { from: Date; until: Date } | "settings.windowTimes" | "settings.windowTooLong" {
  const from = instantOf(timeZone, times.from, "first");
  const until = instantOf(timeZone, times.until, "last");
  if (!from || !until || until <= from || until <= now) return "settings.windowTimes";
  const length = Date.parse(`${times.until}Z`) - Date.parse(`${times.from}Z`);
  return length > LONGEST_WINDOW_DAYS * DAY ? "settings.windowTooLong" : { from, until };
}

/** A pattern must say something beside `*`: two letters, digits or signs, else it would deny everything there is. */
export const isTooBroad = (pattern: string): boolean =>
  (
    pattern
      .normalize("NFKD")
      .replaceAll("*", "")
      .match(/[\p{L}\p{N}\p{P}\p{S}]/gu) ?? []
  ).length < 2;

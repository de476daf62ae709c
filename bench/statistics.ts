// Medians, percentiles and how they are written.
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Milliseconds that each of `count` calls takes, one after the other. */
export async function timed(count: number, call: (index: number) => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const start = performance.now();
    await call(index);
    took.push(performance.now() - start);
  }
  return took;
}

const grouped = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
export const whole = (value: number): string => grouped.format(value);
export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const times = (value: number): string => `${value.toFixed(2)} ×`;
export const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

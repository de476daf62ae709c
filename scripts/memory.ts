/**
 * How much memory V8 may use in our processes. Rendering pages and reading a large vendor make much short-lived garbage;
 * without bounds V8 lets it pile up far beyond that under load. These keep each process under 300 MB (docs/benchmarks.md).
 */
const bounds = ["--max-old-space-size=160", "--max-semi-space-size=8"];
export const webMemory = bounds;
export const workerMemory = bounds;

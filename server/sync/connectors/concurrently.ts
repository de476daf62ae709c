// Runs work on many items with a bound, handing over each result as it is ready; a slow reader slows the work.

export async function* concurrently<Item, Result>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running = new Map<symbol, Promise<{ key: symbol; result: Result }>>();
  const queue = items[Symbol.iterator]();
  let next = queue.next();
  while (running.size > 0 || !next.done) {
    while (!next.done && running.size < limit) {
      const key = Symbol();
      const task = work(next.value).then((result) => ({ key, result }));
      // A failure is met by the race below; one that comes after the reader has left concerns nobody.
      task.catch(() => undefined);
      running.set(key, task);
      next = queue.next();
    }
    const { key, result } = await Promise.race(running.values());
    running.delete(key);
    yield result;
  }
}

// Bounded parallelism: a hundred monitors are not asked all at once, and one
// that does not answer holds up one place, not everybody.

/** pool runs work over all items, at most width at a time. It never rejects:
 * work must report its own failures. */
export async function pool<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const i = next++;
      if (i >= items.length) return;
      await work(items[i] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}

/** Does the work of all items, of so many at the same time, in their order. Nothing is begun once the signal aborts. */
export async function inParallel<Item>(
  items: readonly Item[],
  { atMost, signal }: { atMost: number; signal: AbortSignal },
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) {
      if (signal.aborted) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atMost, items.length) }, lane));
}

/** How long an app may take to close its queues once nothing is under way, in milliseconds. */
const CLOSE_WITHIN_MS = 2_000;

/**
 * Closes an app whose own work is handed back or done once `drained` resolves. What remains are the queues' farewells to
 * Redis, which mean nothing to any row, and which a Redis that is away would hold up for ever.
 */
export async function closeDrained(app: { close(): Promise<void> }, drained: Promise<void>): Promise<void> {
  const closed = app.close();
  let timer: NodeJS.Timeout | undefined;
  const late = drained.then(
    () =>
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_WITHIN_MS);
      }),
  );
  await Promise.race([closed, late]);
  clearTimeout(timer);
  closed.catch(() => undefined);
}

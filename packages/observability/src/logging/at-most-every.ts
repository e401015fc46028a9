/** Passes the first call on and drops those of the next so many milliseconds: for what fails again and again for one reason. */
export function atMostEvery<Arguments extends unknown[]>(
  intervalMs: number,
  write: (...args: Arguments) => void,
): (...args: Arguments) => void {
  let writtenAt = Number.NEGATIVE_INFINITY;
  return (...args) => {
    const now = performance.now();
    if (now - writtenAt < intervalMs) return;
    writtenAt = now;
    write(...args);
  };
}

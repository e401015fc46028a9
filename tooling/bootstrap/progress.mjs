/** One line a stage with the time that it took; on a terminal the time counts up while the stage runs. */
export async function stage(title, work) {
  const started = Date.now();
  const elapsed = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const { isTTY } = process.stdout;
  const line = (end) => `${isTTY ? '\r' : ''}  ${title} ${'.'.repeat(Math.max(3, 52 - title.length))} ${end}`;
  let timer;
  if (isTTY) {
    process.stdout.write(line(''));
    timer = setInterval(() => process.stdout.write(line(elapsed())), 100);
  } else {
    process.stdout.write(line('').trimEnd());
  }
  try {
    const result = await work();
    process.stdout.write(isTTY ? `${line(elapsed())}\n` : ` ${elapsed()}\n`);
    return result;
  } catch (error) {
    process.stdout.write(isTTY ? `${line('failed')}\n` : ' failed\n');
    throw error;
  } finally {
    clearInterval(timer);
  }
}

export function note(text) {
  process.stdout.write(`  ${text}\n`);
}

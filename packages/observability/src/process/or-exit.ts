/**
 * For what a process reads before it has a logger: what is wrong is written for a person, without a stack, and the process ends with
 * code 1.
 * @param setting named before errors that do not name what they came from
 */
export function orExit<T>(read: () => T, setting?: string): T {
  try {
    return read();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\n${setting === undefined ? '' : `${setting}: `}${message}\n`);
    process.exit(1);
  }
}

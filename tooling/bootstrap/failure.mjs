/** Something that stops the bootstrap and that the reader can do something about; shown without a stack. */
export class BootstrapFailure extends Error {
  /**
   * @param {string} message what happened and what to do
   * @param {string} [output] what the failed command printed
   */
  constructor(message, output = '') {
    super(message);
    this.output = output;
  }
}

/** Runs a command of the workspace to its end: prints a failure as a person needs it and sets the exit code. */
export async function runOrExplain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof BootstrapFailure)) throw error;
    if (error.output) process.stderr.write(`\n${error.output.trimEnd()}\n`);
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}

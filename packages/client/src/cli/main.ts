import { runCommandLine } from './command-line.js';

// A reader that has seen enough (`troupe direct ... | head -1`) closes the pipe; that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runCommandLine(process.argv.slice(2), {
  // The one place of this package that touches the environment: everything below gets it as an argument.
  environment: process.env,
  workingFolder: process.cwd(),
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  onInterrupt: (listener) => {
    process.on('SIGINT', listener);
    return () => process.off('SIGINT', listener);
  },
});

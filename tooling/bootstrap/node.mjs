// `npm run node -- <program>`: runs a program of this repository with the Node that everything here runs on.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { runOrExplain } from './failure.mjs';
import { prepare } from './prepare.mjs';

await runOrExplain(async () => {
  const { node, env } = await prepare();
  return new Promise((resolve) => {
    const child = spawn(node, process.argv.slice(2), { env, stdio: 'inherit' });
    // A terminal's Ctrl-C reaches the program by itself; this process only waits for its end.
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.once('error', (error) => {
      process.stderr.write(`${node} could not be run: ${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
});

// `npm test`: makes the workspace ready, runs the checks and every test. Arguments go to Jest, and then only tests run.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runOrExplain } from './failure.mjs';
import { prepare } from './prepare.mjs';
import { note } from './progress.mjs';
import { readTestSummary } from './test-summary.mjs';
import { toolchainFolder, workspaceRoot } from './workspace.mjs';

await runOrExplain(async () => {
  const jestArguments = process.argv.slice(2);
  const runsEverything = jestArguments.length === 0;
  const { node, env } = await prepare({ needsPnpm: runsEverything });
  const checks = runsEverything ? await run('pnpm', ['check'], env) : 0;

  const resultFile = join(toolchainFolder, 'test-result.json');
  rmSync(resultFile, { force: true });
  const jest = join(workspaceRoot, 'node_modules', 'jest', 'bin', 'jest.js');
  const tests = await run(
    node,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      jest,
      '--json',
      `--outputFile=${resultFile}`,
      ...jestArguments,
    ],
    env,
  );
  const summary = readTestSummary(resultFile);
  if (checks !== 0) note('The checks failed: see above.');
  process.stdout.write(`\n${summary.text}\n`);
  return checks || tests || (summary.failed > 0 ? 1 : 0);
});

function run(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, cwd: workspaceRoot, stdio: ['ignore', 'inherit', 'inherit'] });
    const forward = (signal) => child.kill(signal);
    process.on('SIGINT', forward).on('SIGTERM', forward);
    child.once('error', (error) => {
      note(`${command} could not be run: ${error.message}`);
      resolve(1);
    });
    child.once('close', (code) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(code ?? 1);
    });
  });
}

// `pnpm check` runs every check, `pnpm check imports types` only those. One line a check, and for a broken rule what
// the tool says and what mends it. Exit code 1 when one fails, 2 when there is no such check.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { checks } from './check-list.mjs';

const root = join(import.meta.dirname, '../..');
const names = process.argv.slice(2);
const unknown = names.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no check "${unknown.join('", "')}". There are: ${checks.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

const startedAt = performance.now();
const waiting = checks.filter(({ name }) => names.length === 0 || names.includes(name));
const failed = [];
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));

const total = seconds(performance.now() - startedAt);
console.log(failed.length === 0 ? `All good in ${total}.` : `Failed: ${failed.join(', ')}. ${total}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Takes the next check until none waits; one worker a core, since every check is bound by the processor. */
async function work() {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const begin = performance.now();
    const { passed, output } = await run(check.command);
    if (!passed) failed.push(check.name);
    const time = seconds(performance.now() - begin);
    console.log(`${passed ? 'ok  ' : 'FAIL'} ${check.name.padEnd(11)}${check.about.padEnd(42)}${time.padStart(7)}`);
    if (!passed) console.log(`${indent(output)}\n     -> ${check.fix}\n`);
  }
}

function run(command) {
  return new Promise((resolve, reject) => {
    const colors = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
    const child = spawn(process.execPath, command, { cwd: root, env: { ...process.env, ...colors } });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ passed: code === 0, output: Buffer.concat(chunks).toString('utf8').trim() }));
  });
}

function indent(text) {
  return text.replace(/^(?=.)/gm, '     ');
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

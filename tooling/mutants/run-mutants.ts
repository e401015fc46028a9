import { join } from 'node:path';
import { MUTANTS } from './catalog.ts';
import type { Mutant } from './mutant.ts';
import type { TestRun } from './test-run.ts';
import { Workplace } from './workplace.ts';

/** Runs the mutants whose name contains one of the arguments, or all. Answers the exit code: 1 when one was not noticed. */
export async function runMutants(parts: string[]): Promise<number> {
  const chosen = MUTANTS.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
  if (chosen.length === 0) {
    console.error(`No mutant is named so. There are: ${MUTANTS.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  await using workplace = await Workplace.open(join(import.meta.dirname, '../..'));
  const unchanged = await workplace.runTests(chosen);
  const without = chosen.filter(({ test }) => !unchanged.passed.some((name) => name.endsWith(test)));
  if (unchanged.failed.length > 0 || without.length > 0) {
    console.error(
      `On the sources as they are every test has to pass. No test of: ${without.map(({ name }) => name).join(', ') || 'none'}\n` +
        unchanged.output,
    );
    return 2;
  }
  console.log(`The tests pass on the sources as they are. Now ${chosen.length} mutants, one after the other:`);
  let noticed = 0;
  for (const mutant of chosen) {
    const run = await workplace.try(mutant);
    if (run.failed.length > 0) noticed += 1;
    console.log(lineOf(mutant, run));
  }
  console.log(`\n${noticed} of ${chosen.length} mutants were noticed by a test.`);
  return noticed < chosen.length ? 1 : 0;
}

function lineOf({ name, protects }: Mutant, { passed, failed, output }: TestRun): string {
  if (failed.length > 0) return `killed    ${name.padEnd(22)}  ${failed[0]}`;
  if (passed.length > 0) return `SURVIVED  ${name.padEnd(22)}  ${protects}`;
  // No verdict: the mutated source does not even load, or the test never ends.
  return `UNCLEAR   ${name.padEnd(22)}  the test could not run\n${output}`;
}

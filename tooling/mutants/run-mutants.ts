import { join } from 'node:path';
import { MUTANTS } from './catalog.ts';
import { Workplace } from './workplace.ts';

/** Runs the mutants whose name contains one of the arguments, or all. Answers the exit code: 1 when one survived. */
export async function runMutants(parts: string[]): Promise<number> {
  const chosen = MUTANTS.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
  if (chosen.length === 0) {
    console.error(`No mutant is named so. There are: ${MUTANTS.map(({ name }) => name).join(', ')}`);
    return 2;
  }
  await using workplace = await Workplace.open(join(import.meta.dirname, '../..'));
  const tests = [...new Set(chosen.flatMap((mutant) => mutant.tests))];
  const unchanged = await workplace.runTests(tests);
  if (!unchanged.passed) {
    console.error(`The tests fail on the sources as they are, so they prove nothing:\n${unchanged.output}`);
    return 2;
  }
  const survivors: string[] = [];
  for (const mutant of chosen) {
    const { passed, output } = await workplace.try(mutant);
    if (passed) survivors.push(mutant.name);
    console.log(
      `${passed ? 'SURVIVED' : 'killed  '}  ${mutant.name.padEnd(22)}  ${passed ? mutant.protects : firstFailure(output)}`,
    );
  }
  console.log(`\n${chosen.length - survivors.length} of ${chosen.length} mutants were noticed by a test.`);
  return survivors.length > 0 ? 1 : 0;
}

function firstFailure(output: string): string {
  return /● (.+)/.exec(output)?.[1] ?? 'the tests could not run';
}

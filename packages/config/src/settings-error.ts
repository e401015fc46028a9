/** One variable that cannot be used. */
export interface SettingProblem {
  variable: string;
  /** What was found, quoted; or, for a secret, words that do not show it. */
  given: string;
  expected: string;
  example: string;
}

/** Everything that is wrong with the environment at once; the message is written for a terminal. */
export class SettingsError extends Error {
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    super(messageOf(problems));
    this.name = 'SettingsError';
    this.problems = problems;
    // Node prints the stack of an error that ends a process; where the check stands in our code helps nobody who mistyped a port.
    this.stack = this.message;
  }
}

function messageOf(problems: readonly SettingProblem[]): string {
  const count = problems.length === 1 ? 'One setting is wrong.' : `${problems.length} settings are wrong.`;
  const paragraphs = problems.map(({ variable, given, expected, example }) =>
    [`  ${variable}: ${given}`, `    expected  ${expected}`, `    example   ${example}`].join('\n'),
  );
  return [count, ...paragraphs, 'docs/configuration.md describes every setting.'].join('\n\n');
}

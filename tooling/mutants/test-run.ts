/** What came of some tests. */
export interface TestRun {
  /** Full names, with those of the groups around them. */
  passed: string[];
  failed: string[];
  /** For people: why they failed, or could not run. */
  output: string;
}

/** The part that matters of what Jest writes with `--json`. */
export interface JestReport {
  testResults: { assertionResults: { fullName: string; status: string }[] }[];
}

/** @param report undefined when Jest did not come to its end */
export function readTestRun(report: JestReport | undefined, output: string): TestRun {
  const results = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
  const named = (wanted: string) => results.filter(({ status }) => status === wanted).map(({ fullName }) => fullName);
  return { passed: named('passed'), failed: named('failed'), output };
}

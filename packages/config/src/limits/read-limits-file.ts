import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { isLimitRule, limitRuleProblems } from './limit-rule-problems.js';
import type { LimitsReading } from './parse-limits-text.js';
import { repeatedKeys } from './repeated-keys.js';

/** The limits of a YAML file: a list under `limits`, each entry as the API takes it. */
export function readLimitsFile(path: string): LimitsReading {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return refused(`It cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const document = parseDocument(text);
  if (document.errors.length > 0)
    return { rules: [], problems: document.errors.map(({ message }) => explain(message)) };
  return entriesOf(contentOf(document));
}

/** An unknown alias, such as an unquoted `*`, comes to light only when the document is resolved. */
function contentOf(document: ReturnType<typeof parseDocument>): { content: unknown } | { problem: string } {
  try {
    return { content: document.toJS() };
  } catch (error) {
    return { problem: explain(error instanceof Error ? error.message : String(error)) };
  }
}

function entriesOf(read: { content: unknown } | { problem: string }): LimitsReading {
  if ('problem' in read) return refused(read.problem);
  const { content } = read;
  const isMap = typeof content === 'object' && content !== null;
  const entries: unknown = isMap && 'limits' in content ? content.limits : undefined;
  if (!Array.isArray(entries) || Object.keys(content as object).length > 1) {
    return refused('It must hold a list under `limits` and nothing else.');
  }
  const problems = entries.flatMap((entry: unknown, index) =>
    limitRuleProblems(entry).map((problem) => `limits[${index}]: ${problem}`),
  );
  const rules = entries.filter(isLimitRule);
  return { rules, problems: [...problems, ...repeatedKeys(rules)] };
}

function explain(message: string): string {
  const [sentence = message] = message.split('\n', 1);
  return /alias/i.test(message) ? `${sentence} Write patterns in quotes: model: "*".` : sentence;
}

function refused(problem: string): LimitsReading {
  return { rules: [], problems: [problem] };
}

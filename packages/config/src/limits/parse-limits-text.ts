import type { LimitRule } from '@troupe/contracts';
import { isLimitRule, limitRuleProblems } from './limit-rule-problems.js';
import { repeatedKeys } from './repeated-keys.js';

/** Limits that were read, and what is wrong with the others. */
export interface LimitsReading {
  rules: LimitRule[];
  /** A sentence each. */
  problems: string[];
}

/** `openai/gpt-4o: rpm=500 tpm=30000; anthropic/*: rpm=50`: a limit an entry, with `;` or a line break between them. */
export function parseLimitsText(text: string): LimitsReading {
  const entries = text.split(/[;\n]/).flatMap((entry) => entry.trim() || []);
  const readings = entries.map(parseEntry);
  const rules = readings.flatMap((reading) => reading.rules);
  return { rules, problems: [...readings.flatMap((reading) => reading.problems), ...repeatedKeys(rules)] };
}

function parseEntry(entry: string): LimitsReading {
  // Names of models hold colons (`ollama/llama3:8b`), numbers do not.
  const colon = entry.lastIndexOf(':');
  const name = entry.slice(0, Math.max(colon, 0)).trim();
  const slash = name.indexOf('/');
  if (slash < 0) return refused(entry, ['It must begin with provider/model and a colon.']);

  const rule: Record<string, unknown> = { provider: name.slice(0, slash), model: name.slice(slash + 1) };
  const problems: string[] = [];
  for (const word of entry.slice(colon + 1).split(/[\s,]+/)) {
    const [, field, value] = /^([^=]+)=(.+)$/.exec(word) ?? [];
    if (word === '') continue;
    if (field === undefined || value === undefined) problems.push(`${JSON.stringify(word)} is no name=number.`);
    else if (Object.hasOwn(rule, field)) problems.push(`${field} is there twice.`);
    else rule[field] = field === 'account' || !/^\d+$/.test(value) ? value : Number(value);
  }
  if (problems.length === 0 && isLimitRule(rule)) return { rules: [rule], problems };
  return refused(entry, problems.length > 0 ? problems : limitRuleProblems(rule));
}

function refused(entry: string, problems: readonly string[]): LimitsReading {
  return { rules: [], problems: problems.map((problem) => `${JSON.stringify(entry)}: ${problem}`) };
}

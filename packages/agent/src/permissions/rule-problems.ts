import { type ApprovalRule, nearMatches } from '@troupe/contracts';
import { unknownName } from '../tools/unknown-name.js';

/** What is wrong with one of an agent's rules; `path` leads to it from the outside in. */
export interface RuleProblem {
  path: string[];
  message: string;
  /** Of a name that no tool has. */
  near_matches?: string[];
}

/** @param known names of tools */
export function ruleProblems(rules: readonly ApprovalRule[], known: readonly string[]): RuleProblem[] {
  return rules.flatMap(({ tools, when }, index) => [
    ...unknownTools(tools, known).map((problem) => ({ ...problem, path: [String(index), 'tools', ...problem.path] })),
    ...(when && (when.op === 'in' || when.op === 'not_in') && !Array.isArray(when.value)
      ? [{ path: [String(index), 'when', 'value'], message: `The value of "${when.op}" must be a list.` }]
      : []),
  ]);
}

/** The same for tools that are denied. */
export function deniedToolProblems(denied: readonly string[], known: readonly string[]): RuleProblem[] {
  return unknownTools(denied, known);
}

function unknownTools(named: readonly string[], known: readonly string[]): RuleProblem[] {
  const names = new Set(['*', 'effect', ...known]);
  return named.flatMap((name, index) =>
    names.has(name)
      ? []
      : [{ path: [String(index)], message: unknownName('tool', name, known), near_matches: nearMatches(name, known) }],
  );
}

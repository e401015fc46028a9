import { invalidArgument } from './invalid-argument.js';

/** A list of words, or an `enum` of TypeScript. */
export type Labels = readonly string[] | Readonly<Record<string, string | number>>;

export type LabelOf<L extends Labels> = L extends readonly (infer Label)[] ? Label : L[keyof L];

/**
 * Each label by the word that the model is shown for it: a text is its own word, a number goes by its name in the enum.
 * @throws TroupeError `invalid_request` for less than two labels, or two of the same word
 */
export function labelsByWord<L extends Labels>(labels: L): Map<string, LabelOf<L>> {
  const entries = Array.isArray(labels)
    ? labels.map((label) => [label, label])
    : Object.entries(labels).flatMap(member);
  const byWord = new Map<string, LabelOf<L>>(entries as [string, LabelOf<L>][]);
  if (byWord.size < entries.length) throw invalidArgument('Two labels are the same. Give each its own word.');
  if (byWord.size < 2) throw invalidArgument('Classifying needs at least two labels.');
  return byWord;
}

/** An enum of numbers maps back from its numbers too. */
function member([name, value]: [string, string | number]): [string, string | number][] {
  if (typeof value === 'string') return /^-?\d/.test(name) ? [] : [[value, value]];
  return [[name, value]];
}

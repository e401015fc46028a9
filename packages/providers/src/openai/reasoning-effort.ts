import type { ReasoningSettings } from '@troupe/contracts';

type Effort = NonNullable<ReasoningSettings['effort']>;

/** Efforts that a number of tokens stands for, where only the effort can be said. */
const budgets: [upTo: number, Effort][] = [
  [0, 'none'],
  [2_048, 'low'],
  [16_384, 'medium'],
];

/** OpenAI takes an effort; a budget of tokens is taken for the effort that usually needs as many. */
export function reasoningEffort({ effort, max_tokens }: ReasoningSettings = {}): Effort | undefined {
  if (effort !== undefined || max_tokens === undefined) return effort;
  return budgets.find(([upTo]) => max_tokens <= upTo)?.[1] ?? 'high';
}

import { type MemoryStrategy, TroupeError } from '@troupe/contracts';
import { unknownName } from '../tools/unknown-name.js';

/** `last_n`, `first_last`, `token_window` or `summary_window`. */
export type MemoryStrategyName = MemoryStrategy['type'];

/** Messages, or tokens; what is left out has its default. */
export interface MemoryStrategyOptions {
  /** The newest messages; 20. */
  last_n: { n?: number };
  /** The first messages, 2, and the newest ones, 10. */
  first_last: { first?: number; last?: number };
  /** As many of the newest messages as fit into these tokens, as they are estimated; 100,000. */
  token_window: { maxTokens?: number };
  /** The newest messages, 30, after a summary of those before them. */
  summary_window: { last?: number };
}

type Options = { n?: number; first?: number; last?: number; maxTokens?: number };

const create: Record<MemoryStrategyName, (options: Options) => MemoryStrategy> = {
  last_n: ({ n = 20 }) => ({ type: 'last_n', n: count('n', n, 1) }),
  first_last: ({ first = 2, last = 10 }) => ({
    type: 'first_last',
    first: count('first', first, 0),
    last: count('last', last, 1),
  }),
  token_window: ({ maxTokens = 100_000 }) => ({ type: 'token_window', max_tokens: count('maxTokens', maxTokens, 1) }),
  summary_window: ({ last = 30 }) => ({ type: 'summary_window', last: count('last', last, 1) }),
};

/**
 * Which part of a thread the model is shown. Whatever the strategy: the system prompt stays, the exchange under way stays,
 * and a tool call stays with its results.
 * @throws TroupeError `invalid_request` for a name that there is not, with near matches, and for numbers that are not whole
 * or too small.
 */
export function getMemoryStrategy<Name extends MemoryStrategyName>(
  name: Name,
  options: MemoryStrategyOptions[Name] = {},
): MemoryStrategy {
  if (!Object.hasOwn(create, name)) throw refused(unknownName('memory strategy', name, Object.keys(create)));
  return create[name](options);
}

function count(option: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw refused(`${option} is ${value}: it must be a whole number of at least ${least}.`);
}

function refused(message: string): TroupeError {
  return new TroupeError({ code: 'invalid_request', fault: 'caller', message });
}

/** What differs from one Claude model to the next, as far as requests are concerned. */
export interface ClaudeTraits {
  /** `budget`: thinking is asked for with a number of tokens. `adaptive`: the model decides, guided by an effort. */
  thinking: 'budget' | 'adaptive';
  /** How a model is told not to think; `unable`: it thinks always, at low effort the least. */
  withoutThinking: 'omit' | 'disabled' | 'between_tools' | 'unable';
  /** Whether it thinks when nobody said anything about it. */
  thinksUnasked: boolean;
  /** Whether what it thought is left out of answers unless asked for. */
  hidesThinking: boolean;
  /** Thinking blocks are good only behind the very conversation in which they were written. */
  bindsThinking: boolean;
  /** Whether a tool call can be demanded. */
  forcesTools: boolean;
  /** Whether the API holds answers to a schema, and tool calls to theirs. */
  followsSchemas: boolean;
  /** Whether that is known, and not only assumed of a name that is not Claude's. */
  isClaude: boolean;
}

/**
 * By the vendor's tables of supported thinking configurations and its notes on what each model broke (thinking
 * troubleshooting, structured outputs, what's new in 5.5; November 2026). Names that are not Claude's belong to
 * compatible servers, which follow the API as it was with Claude 4.5.
 */
export function claudeTraits(model: string): ClaudeTraits {
  const isClaude = model.startsWith('claude-');
  const family = /opus|sonnet|haiku|fable|mythos/.exec(model)?.[0] ?? '';
  const isAlwaysThinking = isClaude && (family === 'fable' || family === 'mythos');
  const version = isClaude ? (versionOf(model) ?? (isAlwaysThinking ? 4.6 : 0)) : 4.5;
  const isAfterFive = version >= 5.5 || (isAlwaysThinking && version >= 5.1);
  return {
    thinking: version >= 4.6 ? 'adaptive' : 'budget',
    withoutThinking: withoutThinking(version, isAlwaysThinking || (family === 'opus' && version >= 5.5)),
    thinksUnasked: isAlwaysThinking || version >= 5,
    hidesThinking: version >= 4.7 || isAlwaysThinking,
    bindsThinking: isAfterFive,
    forcesTools: !isAfterFive,
    followsSchemas: version >= 4.5 || (family === 'opus' && version >= 4.1),
    isClaude,
  };
}

function withoutThinking(version: number, isAlwaysThinking: boolean): ClaudeTraits['withoutThinking'] {
  if (isAlwaysThinking) return 'unable';
  if (version >= 5.5) return 'between_tools';
  return version >= 5 ? 'disabled' : 'omit';
}

/** 4.5 of `claude-sonnet-4-5-20250929`, 3.7 of `claude-3-7-sonnet-latest`; dates have more digits than versions. */
function versionOf(model: string): number | undefined {
  const [major, minor = '0'] = [...model.matchAll(/(?<=-)\d{1,2}(?=[-.@]|$)/g)].map(([digits]) => digits);
  return major === undefined ? undefined : Number(`${major}.${minor}`);
}

import type { OutputConfig, ThinkingConfigParam } from '@anthropic-ai/sdk/resources/messages';
import type { ReasoningSettings } from '@troupe/contracts';
import type { ClaudeTraits } from './claude-traits.js';

type Effort = NonNullable<ReasoningSettings['effort']>;

/** What a request says about thinking. */
export interface PlannedReasoning {
  thinking?: ThinkingConfigParam;
  effort?: NonNullable<OutputConfig['effort']>;
  /** Tokens to allow beyond those of the answer, where nobody set a limit. */
  roomTokens: number;
  /** Whether the request asks for thinking: sampling settings and forced tools then have no place in it. */
  isOn: boolean;
}

export interface ReasoningCircumstances {
  traits: ClaudeTraits;
  /** `max_tokens`, where somebody set it: thinking counts against it. */
  limit: number | undefined;
  /** Whether the request may ask for thinking at all. */
  isPossible: boolean;
}

/** The least budget that the API takes. */
const minBudgetTokens = 1_024;

/** Tokens to think with where nobody limits the answer. */
const budgets: Record<Effort, number> = { none: 0, minimal: 1_024, low: 2_048, medium: 8_192, high: 24_576 };

/** Share of a limited answer that may be thought. */
const shares: Record<Effort, number> = { none: 0, minimal: 0.1, low: 0.2, medium: 0.5, high: 0.8 };

/** Without settings nothing is said, and the model does as it does by itself. */
export function convertReasoning(
  { effort, max_tokens }: ReasoningSettings = {},
  { traits, limit, isPossible }: ReasoningCircumstances,
): PlannedReasoning {
  if (effort === undefined && max_tokens === undefined) return { roomTokens: 0, isOn: false };
  if (effort === 'none' || max_tokens === 0) return switchedOff(traits);
  if (!isPossible) return { roomTokens: 0, isOn: false };
  const wanted = max_tokens ?? budgets[effort ?? 'medium'];
  if (traits.thinking === 'adaptive') {
    return {
      thinking: { type: 'adaptive', ...(traits.hidesThinking && { display: 'summarized' }) },
      ...(effort !== undefined && { effort: effort === 'minimal' ? 'low' : effort }),
      roomTokens: wanted,
      isOn: true,
    };
  }
  const budget = fitBudget(
    max_tokens ?? (limit === undefined ? wanted : Math.floor(limit * shares[effort ?? 'medium'])),
    limit,
  );
  // A limit that leaves no room for the least of budgets is stronger than the wish to think.
  if (budget === undefined) return { roomTokens: 0, isOn: false };
  return { thinking: { type: 'enabled', budget_tokens: budget }, roomTokens: budget, isOn: true };
}

/** The API wants at least its minimum, and less than `max_tokens`. */
function fitBudget(wanted: number, limit: number | undefined): number | undefined {
  if (limit !== undefined && limit <= minBudgetTokens) return undefined;
  return Math.min(Math.max(wanted, minBudgetTokens), (limit ?? Number.POSITIVE_INFINITY) - 1);
}

function switchedOff({ withoutThinking }: ClaudeTraits): PlannedReasoning {
  switch (withoutThinking) {
    case 'omit':
      return { roomTokens: 0, isOn: false };
    case 'unable':
      return { effort: 'low', roomTokens: 0, isOn: false };
    default:
      return { thinking: { type: withoutThinking }, roomTokens: 0, isOn: false };
  }
}

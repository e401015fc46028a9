import type { LimitKey, LimitSource, SourcedLimitRule } from '@troupe/contracts';

/** From the strongest to the weakest. */
const SOURCES: readonly LimitSource[] = ['api', 'file', 'environment'];

/**
 * The order in which limits are asked: by provider, then the most specific model first (a name, then the longest
 * pattern), then those of one account, then the stronger source.
 */
export function inLimitOrder(a: SourcedLimitRule, b: SourcedLimitRule): number {
  return (
    compareTexts(a.provider, b.provider) ||
    precision(b) - precision(a) ||
    compareTexts(a.model, b.model) ||
    Number(a.account === undefined) - Number(b.account === undefined) ||
    compareTexts(a.account ?? '', b.account ?? '') ||
    SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source)
  );
}

/** Whether the limit is for the model of that name. */
export function coversModel({ model: pattern }: LimitKey, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern;
}

/** Whether both have the same key. */
export function sameLimit(a: LimitKey, b: LimitKey): boolean {
  return a.provider === b.provider && a.model === b.model && a.account === b.account;
}

function precision({ model }: LimitKey): number {
  return model.endsWith('*') ? model.length - 1 : Number.MAX_SAFE_INTEGER;
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

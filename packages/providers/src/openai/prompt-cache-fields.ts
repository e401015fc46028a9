import { hash } from 'node:crypto';
import type { ModelRequest } from '@troupe/spec';

/** Shared by Chat Completions and Responses. */
export interface PromptCacheFields {
  prompt_cache_key?: string;
  prompt_cache_options?: { mode?: 'explicit'; ttl?: '12h' };
  prompt_cache_retention?: '24h';
}

const keyCharacters = 32;

/**
 * OpenAI finds repeated beginnings by itself; the key leads requests that begin alike to the same cache. A beginning is
 * kept for minutes; longer by a retention that some models know, since GPT-5.6 by a time to live, in Responses alone.
 */
export function promptCacheFields(request: ModelRequest, model: string, hasTimeToLive = false): PromptCacheFields {
  const { system = '', tools = [], settings } = request;
  const wanted = settings?.prompt_cache;
  const hasOptions = isAtLeast(model, 5, 6);
  if (wanted === 'off') return hasOptions ? { prompt_cache_options: { mode: 'explicit' } } : {};
  if (system === '' && tools.length === 0) return {};
  return {
    prompt_cache_key: keyOf(system, tools),
    ...(wanted === '1h' && hasOptions && hasTimeToLive && { prompt_cache_options: { ttl: '12h' } }),
    ...(wanted === '1h' && !hasOptions && /^gpt-(4\.1|5)/.test(model) && { prompt_cache_retention: '24h' }),
  };
}

/** The same for all requests that share their fixed beginning. */
function keyOf(system: string, tools: readonly object[]): string {
  return hash('sha256', JSON.stringify([system, tools])).slice(0, keyCharacters);
}

function isAtLeast(model: string, major: number, minor: number): boolean {
  const [, first, second = '0'] = /^gpt-(\d+)(?:\.(\d+))?/.exec(model) ?? [];
  if (first === undefined) return false;
  return Number(first) > major || (Number(first) === major && Number(second) >= minor);
}

import type { SimulatedProvider } from '../simulated-request.js';
import type { Allowance, Allowances } from './limit-meter.js';

/** What a vendor writes about its limits into the headers of every answer, refusals included. */
export function limitHeaders(
  provider: SimulatedProvider,
  { requests, tokens }: Allowances,
  now: number,
): Record<string, string> {
  switch (provider) {
    case 'anthropic':
      return { ...anthropicHeaders('requests', requests, now), ...anthropicHeaders('tokens', tokens, now) };
    case 'openai':
      return { ...openAiHeaders('requests', requests), ...openAiHeaders('tokens', tokens) };
    default:
      return {};
  }
}

function openAiHeaders(name: string, allowance: Allowance | undefined): Record<string, string> {
  if (allowance === undefined) return {};
  return {
    [`x-ratelimit-limit-${name}`]: String(allowance.limit),
    [`x-ratelimit-remaining-${name}`]: String(allowance.remaining),
    [`x-ratelimit-reset-${name}`]: duration(allowance.resetMs),
  };
}

/** `850ms` or `59.2s`. */
function duration(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.ceil(milliseconds)}ms` : `${milliseconds / 1_000}s`;
}

function anthropicHeaders(name: string, allowance: Allowance | undefined, now: number): Record<string, string> {
  if (allowance === undefined) return {};
  return {
    [`anthropic-ratelimit-${name}-limit`]: String(allowance.limit),
    [`anthropic-ratelimit-${name}-remaining`]: String(allowance.remaining),
    [`anthropic-ratelimit-${name}-reset`]: new Date(now + allowance.resetMs).toISOString(),
  };
}

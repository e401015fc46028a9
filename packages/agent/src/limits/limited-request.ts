import type { RunLimits, StopReason } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';
import { estimateRequestTokens } from '../usage/estimate-request-tokens.js';
import { limitExceeded, priceUnknown } from './limit-exceeded.js';
import type { RunSpent } from './run-spent.js';

/** US dollars for so many tokens at the model that is asked, or the dearest of those that may be; undefined: nobody knows. */
export type CostOf = (tokens: { input: number; output: number }) => number | undefined;

export interface LimitedRequest {
  /** With what is left as its bound for the output, and without tools where nobody could read their results. */
  request: ModelRequest;
  /** Why the model has to answer now, where it has to. */
  final?: StopReason;
}

/**
 * Providers refuse a bound that is higher than what their model can write, and nobody knows that of every model. So what
 * is left is made a bound where it is less than the agent's own, or than what every model can write. Tokens.
 */
const EVERY_MODEL_WRITES = 4_096;

/** To divide by: prices are too small a number for a single token. */
const PRICED_TOKENS = 1_000_000;

/**
 * What of a run's limits holds for its next request, by the request's estimated size. The last request that they allow is
 * sent without tools, so that the run ends with an answer.
 * @throws TroupeError `run_limit_exceeded`, or `budget_exceeded` for money, when it may not be sent
 */
export function limitedRequest(
  request: ModelRequest,
  limits: RunLimits,
  spent: RunSpent,
  costOf: CostOf,
): LimitedRequest {
  const input = estimateRequestTokens(request);
  const final = new FinalCall();
  const room = new Room(request);

  const { max_requests, max_tool_calls, max_total_tokens, max_output_tokens, max_cost_usd } = limits;
  if (max_requests !== undefined) {
    if (spent.requests >= max_requests) throw limitExceeded('max_requests', max_requests, spent.requests);
    final.when(spent.requests + 1 >= max_requests, 'usage_limit');
  }
  if (max_tool_calls !== undefined) final.when(spent.toolCalls >= max_tool_calls, 'usage_limit');
  if (max_total_tokens !== undefined) {
    const left = max_total_tokens - spent.usage.total_tokens;
    if (!room.bound(left - input)) throw limitExceeded('max_total_tokens', max_total_tokens, spent.usage.total_tokens);
    final.when(left <= 2 * input, 'usage_limit');
  }
  if (max_output_tokens !== undefined) {
    const left = max_output_tokens - spent.usage.output_tokens;
    if (!room.bound(left)) throw limitExceeded('max_output_tokens', max_output_tokens, spent.usage.output_tokens);
  }
  if (max_cost_usd !== undefined) {
    const inputCost = costOf({ input, output: 0 });
    const perMillion = costOf({ input, output: PRICED_TOKENS });
    const isUnpriced = spent.usage.cost === null && spent.usage.total_tokens > 0;
    if (inputCost === undefined || perMillion === undefined || isUnpriced) throw priceUnknown(max_cost_usd);
    const left = max_cost_usd - (spent.usage.cost ?? 0);
    const perToken = (perMillion - inputCost) / PRICED_TOKENS;
    const affordable = perToken > 0 ? Math.floor((left - inputCost) / perToken) : Number.POSITIVE_INFINITY;
    if (left < inputCost || !room.bound(affordable)) {
      throw limitExceeded('max_cost_usd', max_cost_usd, spent.usage.cost ?? 0);
    }
    final.when(left < 2 * inputCost, 'budget');
  }
  return { request: withFinal(room.apply(request), final.reason), ...(final.reason && { final: final.reason }) };
}

/**
 * Why nothing more can be sent for a run after what it has taken, so that no tool is called whose result nobody would
 * read; undefined: something can.
 */
export function spentUp(limits: RunLimits, { requests, usage }: RunSpent): StopReason | undefined {
  const { max_requests, max_total_tokens, max_output_tokens, max_cost_usd } = limits;
  const reached = (limit: number | undefined, used: number) => limit !== undefined && used >= limit;
  if (reached(max_requests, requests)) return 'usage_limit';
  if (reached(max_total_tokens, usage.total_tokens) || reached(max_output_tokens, usage.output_tokens)) {
    return 'usage_limit';
  }
  return reached(max_cost_usd, usage.cost ?? 0) ? 'budget' : undefined;
}

class FinalCall {
  reason: StopReason | undefined;

  when(isFinal: boolean, reason: StopReason): void {
    if (isFinal) this.reason ??= reason;
  }
}

/** Output that the limits leave. */
class Room {
  #tokens = Number.POSITIVE_INFINITY;
  readonly #least: number;

  constructor({ settings }: ModelRequest) {
    // Thoughts are output, and providers refuse a bound that they would not fit in.
    this.#least = 1 + (settings?.reasoning?.max_tokens ?? 0);
  }

  /** @returns whether an answer fits */
  bound(tokens: number): boolean {
    this.#tokens = Math.min(this.#tokens, tokens);
    return this.#tokens >= this.#least;
  }

  apply(request: ModelRequest): ModelRequest {
    const { settings } = request;
    if (this.#tokens >= (settings?.max_tokens ?? EVERY_MODEL_WRITES)) return request;
    return { ...request, settings: { ...settings, max_tokens: this.#tokens } };
  }
}

function withFinal(request: ModelRequest, final: StopReason | undefined): ModelRequest {
  return final && request.tools ? { ...request, toolChoice: 'none' } : request;
}

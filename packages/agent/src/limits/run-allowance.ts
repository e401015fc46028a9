import type { RunLimits, StopReason, Usage } from '@troupe/contracts';
import type { ModelRequest } from '@troupe/spec';
import type { NextMove } from '../turn/decide-next.js';
import { addUsage } from '../usage/add-usage.js';
import { type CostOf, limitedRequest, spentUp } from './limited-request.js';
import { moveWithinLimits } from './move-within-limits.js';
import type { RunSpent } from './run-spent.js';

/** Keeps account of a run against its limits, which are those of whoever speaks: what may be sent, and what may follow. */
export class RunAllowance {
  #spent: RunSpent;
  #final: StopReason | undefined;

  constructor(spent: RunSpent) {
    this.#spent = spent;
  }

  /**
   * The request as it may be sent.
   * @throws TroupeError `run_limit_exceeded`, or `budget_exceeded` for money, when it may not
   */
  limit(request: ModelRequest, limits: RunLimits | undefined, costOf: CostOf): ModelRequest {
    this.#final = undefined;
    if (!limits) return request;
    const limited = limitedRequest(request, limits, this.#spent, costOf);
    this.#final = limited.final;
    return limited.request;
  }

  /**
   * Counts what an answer took, of a model or of a run below.
   * @param requests that left for it
   * @param toolCalls that a run below has made
   */
  charge(usage: Usage, requests: number, toolCalls = 0): void {
    const spent = this.#spent;
    const isFirst = spent.requests === 0 && spent.usage.total_tokens === 0;
    this.#spent = {
      ...spent,
      requests: spent.requests + requests,
      toolCalls: spent.toolCalls + toolCalls,
      usage: isFirst ? usage : addUsage({ ...NO_TOKENS, ...spent.usage }, usage),
    };
  }

  get spent(): RunSpent {
    return this.#spent;
  }

  /** What may follow the answer; counts the calls of tools in it. */
  after(move: NextMove, limits: RunLimits | undefined): NextMove {
    if (!limits) return move;
    const { max_tool_calls } = limits;
    const allowed = moveWithinLimits(move, {
      final: this.#final ?? spentUp(limits, this.#spent),
      ...(max_tool_calls !== undefined && { toolCallsLeft: Math.max(0, max_tool_calls - this.#spent.toolCalls) }),
    });
    if (allowed.kind === 'call_tools') {
      this.#spent = { ...this.#spent, toolCalls: this.#spent.toolCalls + allowed.calls.length };
    }
    return allowed;
  }
}

const NO_TOKENS = { cached_input_tokens: 0, reasoning_tokens: 0 };

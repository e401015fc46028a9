import type { Usage } from '@troupe/contracts';
import type { ModelMessage, RunNesting } from '@troupe/spec';
import type { CallableAgent, CallContext, CallOptions } from '../subagents/agent-as-tool.js';
import { SharedLimits } from './shared-limits.js';

/** For members of a team that no run has called. */
const NOBODY_ABOVE: RunNesting = {
  toolCallId: 'team',
  depth: 0,
  onEvent: () => undefined,
  spend: () => undefined,
  people: {},
};

/**
 * What the members of a team share while they answer one message: what they may take together, and whether one of them has
 * read words of strangers, which from then on may be in what the others are told.
 */
export class TeamRound<Deps> {
  readonly #context: CallContext<Deps>;
  readonly #events: Pick<CallOptions, 'onEvent'>;
  readonly #limits: SharedLimits;
  #untrusted: boolean;

  constructor(context: CallContext<Deps>, events: Pick<CallOptions, 'onEvent'>) {
    const { nesting } = context;
    this.#context = context;
    this.#events = events;
    this.#limits = new SharedLimits(nesting?.limits);
    this.#untrusted = nesting !== undefined && nesting.untrusted !== false;
  }

  get untrusted(): boolean {
    return this.#untrusted;
  }

  spend(usage: Usage, made?: { requests: number; toolCalls: number }): void {
    this.#limits.charge(usage, made);
    this.#context.nesting?.spend(usage, made);
  }

  async ask(agent: CallableAgent<Deps>, input: string, history?: readonly ModelMessage[]): Promise<string> {
    return this.#limits.within(async (limits) => {
      const { nesting = NOBODY_ABOVE } = this.#context;
      const shared = { ...nesting, limits, spend: this.spend.bind(this), untrusted: this.#untrusted };
      let told: { untrusted: boolean } | undefined;
      const onAnswered = (answer: { untrusted: boolean }) => {
        told = answer;
      };
      const context = { ...this.#context, nesting: shared };
      const answer = await agent.answerCall(input, context, {
        ...this.#events,
        ...(history && { history }),
        onAnswered,
      });
      // One who does not say what it read may have read anything.
      if (told?.untrusted !== false) this.#untrusted = true;
      return answer;
    });
  }
}

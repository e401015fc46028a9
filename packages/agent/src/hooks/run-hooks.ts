import { type StopReason, type ToolResultPart, TroupeError, type Usage } from '@troupe/contracts';
import type { ModelRequest, ModelResponse } from '@troupe/spec';
import type { HandoffMove } from '../handoff/decide-handoff.js';
import type { HookVerdict } from '../permissions/decide-permission.js';
import { failedResult } from '../tools/failed-result.js';
import { rejectToolCall } from '../tools/reject-tool-call.js';
import type { AcceptedCall } from '../turn/decide-next.js';
import type { Deny, HookContext, Hooks, ToolCallVerdict } from './hooks.js';

type Joint = Exclude<keyof Hooks, 'onError'>;

/** A call as the hooks leave it. */
export interface HookedCall {
  call: AcceptedCall;
  verdict: HookVerdict | undefined;
}

/** The hooks of an agent for one run. */
export class RunHooks {
  readonly #hooks: readonly Hooks[];
  readonly #context: HookContext;
  readonly #onTrouble: (error: unknown) => void;

  /** @param onTrouble told of hooks that failed and were passed over */
  constructor(hooks: readonly Hooks[], context: HookContext, onTrouble: (error: unknown) => void) {
    this.#hooks = hooks;
    this.#context = context;
    this.#onTrouble = onTrouble;
  }

  /** @throws TroupeError `hook_denied`; what a hook throws whose policy is `closed` */
  async beforeRun(input: string): Promise<void> {
    await this.#each('beforeRun', async ({ beforeRun }) => refuse(await beforeRun?.(this.#context, { input })));
  }

  async afterRun(run: { text: string; stopReason: StopReason; usage: Usage }): Promise<void> {
    await this.#each('afterRun', ({ afterRun }) => afterRun?.(this.#context, run));
  }

  /** @throws as `beforeRun` */
  async beforeTurn(turn: number): Promise<void> {
    await this.#each('beforeTurn', async ({ beforeTurn }) => refuse(await beforeTurn?.(this.#context, { turn })));
  }

  async afterTurn(turn: number): Promise<void> {
    await this.#each('afterTurn', ({ afterTurn }) => afterTurn?.(this.#context, { turn }));
  }

  /** @throws as `beforeRun` */
  async beforeModelCall(turn: number, given: ModelRequest): Promise<ModelRequest> {
    let request = given;
    await this.#each('beforeModelCall', async ({ beforeModelCall }) => {
      const answer = await beforeModelCall?.(this.#context, { turn, request });
      if (answer && 'deny' in answer) refuse(answer);
      else if (answer) request = answer;
    });
    return request;
  }

  async afterModelCall(turn: number, given: ModelResponse): Promise<ModelResponse> {
    let response = given;
    await this.#each('afterModelCall', async ({ afterModelCall }) => {
      response = (await afterModelCall?.(this.#context, { turn, response })) ?? response;
    });
    return response;
  }

  /** Never throws: a hook that fails and is `closed` denies the call. */
  async beforeToolCall({ part, tool }: AcceptedCall): Promise<HookedCall> {
    let call = part;
    let verdict: HookVerdict | undefined;
    for (const hooks of this.#hooks) {
      const said = await this.#verdictOf(hooks, { part: call, tool });
      if (said?.arguments) call = { ...call, arguments: said.arguments };
      if (said?.decision === 'deny') return { call: { part: call, tool }, verdict: { ...said, decision: 'deny' } };
      // A hook that wants somebody asked is not overruled by one that does not.
      if (said?.decision === 'ask' || (said?.decision && !verdict)) verdict = { ...said, decision: said.decision };
    }
    const objection = call === part ? undefined : rejectToolCall(call, tool, []);
    if (objection !== undefined) verdict = { decision: 'deny', message: `a hook changed its arguments. ${objection}` };
    return { call: { part: call, tool }, verdict };
  }

  /** Never throws: a hook that fails and is `closed` keeps the result from the model. */
  async afterToolCall({ part }: AcceptedCall, given: ToolResultPart): Promise<ToolResultPart> {
    let result = given;
    for (const hooks of this.#hooks) {
      try {
        const content = await hooks.afterToolCall?.(this.#context, { call: part, result });
        if (typeof content === 'string') result = { ...result, content };
      } catch (error) {
        this.#onTrouble(error);
        if (hooks.onError !== 'open') return failedResult(part, 'The result is withheld: a check of it failed.');
      }
    }
    return result;
  }

  async onHandoff({ handoff, call }: HandoffMove): Promise<void> {
    const data = { to: handoff.to, input: call.arguments };
    await this.#each('onHandoff', ({ onHandoff }) => onHandoff?.(this.#context, data));
  }

  /** The words with which the run is to go on; undefined: it may end. */
  async onStop(stop: { turn: number; text: string; stopReason: StopReason }): Promise<string | undefined> {
    const words: string[] = [];
    await this.#each('onStop', async ({ onStop }) => {
      const answer = await onStop?.(this.#context, stop);
      if (answer) words.push(answer.goOn);
    });
    return words.length > 0 ? words.join('\n\n') : undefined;
  }

  async #each(joint: Joint, run: (hooks: Hooks) => unknown): Promise<void> {
    for (const hooks of this.#hooks) {
      if (!hooks[joint]) continue;
      try {
        await run(hooks);
      } catch (error) {
        if (hooks.onError !== 'open' || isDenied(error)) throw error;
        this.#onTrouble(error);
      }
    }
  }

  async #verdictOf(hooks: Hooks, { part, tool }: AcceptedCall): Promise<ToolCallVerdict | undefined> {
    try {
      return (await hooks.beforeToolCall?.(this.#context, { call: part, tool })) ?? undefined;
    } catch (error) {
      this.#onTrouble(error);
      return hooks.onError === 'open' ? undefined : { decision: 'deny', message: 'a check of this call failed.' };
    }
  }
}

const DENIED = 'hook_denied';

function refuse(answer: Deny | undefined): void {
  if (answer) throw new TroupeError({ code: DENIED, fault: 'caller', message: answer.deny });
}

function isDenied(error: unknown): boolean {
  return error instanceof TroupeError && error.code === DENIED;
}

import {
  type CallAttempt,
  type CallResult,
  type GuardedCall,
  type GuardedTurn,
  type Guards,
  guardedTurn,
  type StartedCall,
} from '@troupe/agent';
import type { ModelId, RunEventBody } from '@troupe/contracts';
import type { ClaimedRun, LedgerRow, WithheldMessage } from '@troupe/database';
import type { ModelRequest } from '@troupe/spec';
import { ledgerOfTurn } from '../advance-run/ledger-of-turn.js';
import { guardsOfRun } from './guards-of-run.js';
import { inputsOfTurn, withInputs } from './inputs-of-turn.js';
import type { JudgePorts } from './judge-of-run.js';
import { openHeldResults } from './open-held-results.js';

export interface GuardedPorts extends JudgePorts {
  signal: AbortSignal;
  onEvent(event: RunEventBody): void;
}

/** A request as it is to be sent. */
export interface GuardedRequest {
  request: ModelRequest;
  /** Of its place in the lines of limits: another for each answer of a turn. */
  suffix: string;
  signal: AbortSignal;
  /** To be called right before a request leaves. @throws TroupeError `budget_exceeded` */
  onStart(call: StartedCall): Promise<void>;
  onEvent(event: RunEventBody): void;
}

export interface GuardedModelCall {
  /** As its model may read it. */
  run: ClaimedRun;
  request: ModelRequest;
  ports: GuardedPorts;
  /** The request for the same run with other messages. */
  prepare(run: ClaimedRun): ModelRequest;
  send(request: GuardedRequest): Promise<CallResult>;
  /** Tells readers that the step begins; called once, before anything else of it is told. */
  begin(run: ClaimedRun, model: ModelId): void;
}

/** What came of the model's part of a turn. */
export type GuardedOutcome = {
  /** With messages as they may be read from here on. */
  run: ClaimedRun;
  /** Every call of the turn; guardrails of tool calls add to it. */
  ledger: LedgerRow[];
  guards: Guards | undefined;
  /** Messages that were stored before and are not kept as they came. */
  withheld: WithheldMessage[];
} & (
  | { type: 'called'; result: CallResult }
  /** What the user reads, and nothing else of the turn. */
  | { type: 'blocked'; answer: string }
  | { type: 'failed'; error: unknown }
);

/** Asks the model of a turn, under the guardrails of the agent where it has some. Never throws. */
export async function underGuardrails(call: GuardedModelCall): Promise<GuardedOutcome> {
  const { run, request, ports, send, begin } = call;
  const ledger: LedgerRow[] = [];
  const guards = guardsOfRun(run, ports, ledger);
  if (!guards) {
    const onStart = async (started: StartedCall) => {
      await ports.reserve(started);
      if (started.number === 1) begin(run, started.model);
    };
    const { signal, onEvent } = ports;
    const result = await send({ request, suffix: '', signal, onStart, onEvent });
    ledger.push(...ledgerOfTurn(run, result.attempts, ports.prices));
    return { type: 'called', run, ledger, guards: undefined, withheld: [], result };
  }
  const turn = new GuardedStep(call, guards, ledger);
  try {
    return await turn.take();
  } catch (error) {
    return {
      type: 'failed',
      run,
      ledger,
      guards,
      withheld: [],
      error: ports.signal.aborted ? ports.signal.reason : error,
    };
  }
}

class GuardedStep {
  readonly #call: GuardedModelCall;
  readonly #guards: Guards;
  readonly #ledger: LedgerRow[];
  /** What guardrails said before the step began, which readers hear first. */
  #early: RunEventBody[] | undefined = [];
  #sent: CallAttempt[] = [];

  constructor(call: GuardedModelCall, guards: Guards, ledger: LedgerRow[]) {
    this.#call = call;
    this.#guards = guards;
    this.#ledger = ledger;
  }

  async take(): Promise<GuardedOutcome> {
    const { ports } = this.#call;
    const onEvent = (event: RunEventBody) => {
      if (this.#early) this.#early.push(event);
      else ports.onEvent(event);
    };
    const { run, opened } = await openHeldResults(this.#call.run, this.#guards, { signal: ports.signal, onEvent });
    const inputs = inputsOfTurn(run);
    const turn = await guardedTurn<CallResult>({
      guardrails: this.#guards.guardrails,
      ports: this.#guards,
      inputs: inputs.map(({ content }) => content),
      ask: async (asked) => {
        const read = asked.inputs.map((content, index) => ({ content, changed: content !== inputs[index]?.content }));
        return this.#send(withInputs(run, inputs, read).run, asked);
      },
      answerOf: (result) => (result.type === 'answered' ? result.response : undefined),
      signal: ports.signal,
      onEvent,
    });
    const read = withInputs(run, inputs, turn.inputs);
    return this.#outcomeOf(turn, { run: read.run, withheld: [...opened, ...read.withheld] });
  }

  #outcomeOf(
    turn: GuardedTurn<CallResult>,
    { run, withheld }: { run: ClaimedRun; withheld: WithheldMessage[] },
  ): GuardedOutcome {
    const common = { run, withheld, ledger: this.#ledger, guards: this.#guards };
    if (turn.type === 'blocked') {
      this.#begin(run, run.model);
      return { ...common, type: 'blocked', answer: turn.answer };
    }
    const { result } = turn;
    if (turn.type === 'unanswered' || result.type !== 'answered') return { ...common, type: 'called', result };
    return { ...common, type: 'called', result: { ...result, response: turn.response } };
  }

  async #send(run: ClaimedRun, asked: GuardedCall): Promise<CallResult> {
    const { request, ports, prepare, send } = this.#call;
    const { messages } = run === this.#call.run ? request : prepare(run);
    const before = this.#sent.length;
    const result = await send({
      request: { ...request, messages: [...messages, ...asked.refused] },
      suffix: asked.refused.length === 0 ? '' : `.again${asked.refused.length}`,
      signal: asked.signal,
      onStart: async (call) => {
        const failed = call.before.map((one) => ({ ...one, number: before + one.number }));
        await ports.reserve({ ...call, number: before + call.number, before: [...this.#sent, ...failed] });
        this.#begin(run, call.model);
      },
      onEvent: asked.onEvent,
    });
    const attempts = result.attempts.map((one) => ({ ...one, number: before + one.number }));
    this.#sent.push(...attempts);
    this.#ledger.push(...ledgerOfTurn(run, attempts, ports.prices));
    return result;
  }

  #begin(run: ClaimedRun, model: ModelId): void {
    if (!this.#early) return;
    const early = this.#early;
    this.#early = undefined;
    this.#call.begin(run, model);
    early.forEach(this.#call.ports.onEvent);
  }
}

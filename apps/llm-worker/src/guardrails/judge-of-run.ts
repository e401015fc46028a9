import type { JudgeModel, ModelCaller, StartedCall } from '@troupe/agent';
import { type ClaimedRun, type LedgerRow, ledgerOfCalls } from '@troupe/database';
import { sentJudgeRow } from '@troupe/model-calls';
import type { PriceBook } from '@troupe/spec';

export interface JudgePorts {
  caller: ModelCaller;
  prices: PriceBook;
  weight: number;
  /** Sets money aside. @throws TroupeError `budget_exceeded` */
  reserve(call: StartedCall): Promise<void>;
  /**
   * Puts a judge's call on the ledger before it leaves, as if nobody could keep its answer: should this worker die over it,
   * whoever takes the run over knows of the call by that row alone.
   */
  noteJudged(row: LedgerRow): Promise<void>;
  /** Says on the ledger what calls of judges took that have ended. */
  correctJudged(rows: readonly LedgerRow[]): Promise<void>;
}

/** Judges work beside the model, whose calls are counted from 1: theirs must have other numbers, however many those are. */
const FIRST_NUMBER = 1_001;
/** A limit is waited for in place: an answer that is there already would be lost with a parked run. Milliseconds. */
const PATIENCE_MS = 30_000;
/** A judge that says nothing for so long has failed, and its policy decides. Milliseconds. */
const TIMEOUT_MS = 30_000;

/** How the guardrails of a run ask models: within limits and budgets, each call with a row in the ledger. */
export function judgeOfRun(
  run: ClaimedRun,
  { caller, prices, weight, reserve, noteJudged, correctJudged }: JudgePorts,
  ledger: LedgerRow[],
): JudgeModel {
  const { id: ownerId, step, attempt } = run;
  const place = { step, attempt };
  let next = FIRST_NUMBER;
  let asked = 0;
  return (model = run.model) =>
    async (request, signal = new AbortController().signal) => {
      const numbers = new Map<number, number>();
      asked += 1;
      const result = await caller.call({
        id: `${run.id}.${step}.${attempt}.judge.${asked}`,
        routes: [model],
        request,
        tenant: run.tenantId,
        weight,
        priority: run.options.background ? 'background' : 'interactive',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS + PATIENCE_MS)]),
        patienceMs: PATIENCE_MS,
        retries: 1,
        onStart: async (call) => {
          const number = next;
          next += 1;
          numbers.set(call.number, number);
          // What was sent before is told with the turn: only the model's own calls are told as they go.
          await reserve({ ...call, number, before: [] });
          await noteJudged(sentJudgeRow({ ownerId, ...place, number, model: call.model, request, prices }));
        },
      });
      const attempts = result.attempts.map((one) => ({ ...one, number: numbers.get(one.number) ?? one.number }));
      const rows = ledgerOfCalls(attempts, { ownerId, attempt, purpose: 'guardrail', prices, place });
      ledger.push(...rows);
      await correctJudged(rows);
      if (result.type === 'answered') return result.response;
      throw result.type === 'failed' ? result.error : new JudgeHeldBack(model);
    };
}

/** A judge whose model is at its limit for longer than it can be waited for. */
class JudgeHeldBack extends Error {
  override readonly name = 'JudgeHeldBack';

  constructor(model: string) {
    super(`${model} is at its limit.`);
  }
}

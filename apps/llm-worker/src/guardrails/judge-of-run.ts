import type { JudgeModel, ModelCaller, StartedCall } from '@troupe/agent';
import { type ClaimedRun, type LedgerRow, ledgerOfCalls } from '@troupe/database';
import type { PriceBook } from '@troupe/spec';

export interface JudgePorts {
  caller: ModelCaller;
  prices: PriceBook;
  weight: number;
  /** Sets money aside. @throws TroupeError `budget_exceeded` */
  reserve(call: StartedCall): Promise<void>;
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
  { caller, prices, weight, reserve }: JudgePorts,
  ledger: LedgerRow[],
): JudgeModel {
  let next = FIRST_NUMBER;
  let asked = 0;
  return (model = run.model) =>
    async (request, signal = new AbortController().signal) => {
      const numbers = new Map<number, number>();
      asked += 1;
      const { id: ownerId, step, attempt } = run;
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
        onStart: (call) => {
          numbers.set(call.number, next);
          next += 1;
          // What was sent before is told with the turn: only the model's own calls are told as they go.
          return reserve({ ...call, number: next - 1, before: [] });
        },
      });
      const attempts = result.attempts.map((one) => ({ ...one, number: numbers.get(one.number) ?? one.number }));
      const place = { step, attempt };
      ledger.push(...ledgerOfCalls(attempts, { ownerId, attempt, purpose: 'guardrail', prices, place }));
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

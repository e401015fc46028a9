import type { Guards } from '@troupe/agent';
import type { ClaimedRun, LedgerRow } from '@troupe/database';
import { type JudgePorts, judgeOfRun } from './judge-of-run.js';

/**
 * The guardrails of the agent that speaks; undefined: it has none.
 * @param ledger takes the calls of judges
 */
export function guardsOfRun(run: ClaimedRun, ports: JudgePorts, ledger: LedgerRow[]): Guards | undefined {
  const { guardrails = [] } = run.configuration;
  if (guardrails.length === 0) return undefined;
  return { guardrails, judge: judgeOfRun(run, ports, ledger), context: { userId: run.userId, deps: undefined } };
}

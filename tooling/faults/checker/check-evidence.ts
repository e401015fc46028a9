import { viewCases } from './case-view.js';
import { checkAcceptance } from './check-acceptance.js';
import { checkApprovals } from './check-approvals.js';
import { checkEvents } from './check-events.js';
import { checkGuardrails } from './check-guardrails.js';
import { checkHandoffs } from './check-handoffs.js';
import { checkIsolation } from './check-isolation.js';
import { checkJudges } from './check-judges.js';
import { checkLedger } from './check-ledger.js';
import { checkMessages, checkThreads } from './check-messages.js';
import { checkOutcome } from './check-outcome.js';
import { checkOutput } from './check-output.js';
import { checkProcesses } from './check-processes.js';
import { checkSteps } from './check-steps.js';
import { checkFamilies, checkSubruns } from './check-subruns.js';
import { checkToolKeys, checkTools } from './check-tools.js';
import type { Evidence, Violation } from './evidence.js';

const CASE_CHECKS = [
  checkAcceptance,
  checkEvents,
  checkMessages,
  checkSteps,
  checkTools,
  checkLedger,
  checkIsolation,
  checkApprovals,
  checkSubruns,
  checkHandoffs,
  checkGuardrails,
  checkOutput,
];

/** Every promise that was not kept in a round. Pure: the same evidence gives the same answer. */
export function checkEvidence(evidence: Evidence): Violation[] {
  const views = viewCases(evidence);
  return [
    ...views.flatMap((view) => CASE_CHECKS.flatMap((check) => check(view))),
    ...views.flatMap((view) => checkOutcome(view, evidence.providerHarmed)),
    ...checkJudges(views, evidence),
    ...checkThreads(evidence),
    ...checkToolKeys(evidence),
    ...checkFamilies(evidence),
    ...checkProcesses(evidence),
  ];
}

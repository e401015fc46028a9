import { viewCases } from './case-view.js';
import { checkAcceptance } from './check-acceptance.js';
import { checkEvents } from './check-events.js';
import { checkIsolation } from './check-isolation.js';
import { checkLedger } from './check-ledger.js';
import { checkMessages, checkThreads } from './check-messages.js';
import { checkOutcome } from './check-outcome.js';
import { checkProcesses } from './check-processes.js';
import { checkSteps } from './check-steps.js';
import { checkToolKeys, checkTools } from './check-tools.js';
import type { Evidence, Violation } from './evidence.js';

const CASE_CHECKS = [checkAcceptance, checkEvents, checkMessages, checkSteps, checkTools, checkLedger, checkIsolation];

/** Every promise that was not kept in a round. Pure: the same evidence gives the same answer. */
export function checkEvidence(evidence: Evidence): Violation[] {
  const views = viewCases(evidence);
  return [
    ...views.flatMap((view) => CASE_CHECKS.flatMap((check) => check(view))),
    ...views.flatMap((view) => checkOutcome(view, evidence.providerHarmed)),
    ...checkThreads(evidence),
    ...checkToolKeys(evidence),
    ...checkProcesses(evidence),
  ];
}

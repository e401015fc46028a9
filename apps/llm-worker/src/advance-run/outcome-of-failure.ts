import { type CallResult, errorOfRun, stopReasonOfError } from '@troupe/agent';
import { type ErrorBody, type RunEventBody, type StopReason, TroupeError } from '@troupe/contracts';
import type { ClaimedRun, LedgerRow } from '@troupe/database';
import { TurnStopped } from '../leases/turn-stopped.js';
import { type AbandonedTurn, type TurnOutcome, unfinished } from './turn-outcome.js';

/** Tries of one step after its first, for failures that may pass. */
const MAX_RETRIES = 3;
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;

/**
 * What a turn that broke off comes to.
 * Retries are kept in the database with full jitter, so that a failing provider is not met by all runs at once.
 *
 * @param spoke whether readers were told some of an answer, which a new try would withdraw
 */
export function outcomeOfFailure(
  run: ClaimedRun,
  error: unknown,
  ledger: LedgerRow[],
  spoke = false,
): TurnOutcome | AbandonedTurn {
  if (error instanceof TurnStopped) return outcomeOfStop(run, error, ledger);
  const body = errorOfRun(error);
  // Its answers were refused as often as they may be: to ask once more is up to whoever asked.
  if (body.code === 'output_invalid') return failed(run, 'output_invalid', body, ledger);
  const mayRestart = !spoke || run.configuration.on_interruption !== 'fail';
  if (body.retryable && mayRestart && run.retryCount < MAX_RETRIES) {
    const wakeInMs = backoff(run.retryCount, error instanceof TroupeError ? error.retryAfterMs : undefined);
    if (wakeInMs < run.deadlineInMs) {
      const until = new Date(Date.now() + wakeInMs).toISOString();
      const waiting: RunEventBody = { type: 'run.waiting', data: { kind: 'timer', reason: body.message, until } };
      return unfinished({ status: 'queued', wakeInMs, because: 'retry' }, ledger, [waiting]);
    }
  }
  return failed(run, stopReasonOfError(body), body, ledger);
}

export function failed(run: ClaimedRun, stopReason: StopReason, error: ErrorBody, ledger: LedgerRow[]): TurnOutcome {
  const event: RunEventBody = { type: 'run.failed', data: { run_id: run.id, stop_reason: stopReason, error } };
  return unfinished({ status: 'failed', stopReason, error }, ledger, [event]);
}

export function cancelled(run: ClaimedRun, ledger: LedgerRow[] = []): TurnOutcome {
  return unfinished({ status: 'cancelled' }, ledger, [{ type: 'run.cancelled', data: { run_id: run.id } }]);
}

export function expired(run: ClaimedRun, ledger: LedgerRow[] = []): TurnOutcome {
  return unfinished({ status: 'expired' }, ledger, [{ type: 'run.expired', data: { run_id: run.id } }]);
}

/** Parks a run that no limit lets through for now. Its place in the line stays, and nothing is held against it. */
export function heldBack(held: Extract<CallResult, { type: 'held' }>, ledger: LedgerRow[]): TurnOutcome {
  const { waitMs, dimension, position, model } = held;
  const waiting: RunEventBody = {
    type: 'run.waiting',
    data: {
      kind: 'rate_limit',
      reason: `${model} is at its limit.`,
      until: new Date(Date.now() + waitMs).toISOString(),
      dimension,
      position,
    },
  };
  return unfinished({ status: 'queued', wakeInMs: waitMs, because: 'rate_limit' }, ledger, [waiting]);
}

/** Gives the run back as it was: the next worker begins its step anew, and nothing is held against it. */
export function handedBack(ledger: LedgerRow[] = []): TurnOutcome {
  return unfinished({ status: 'queued', wakeInMs: 0, because: 'handed_back' }, ledger, []);
}

function outcomeOfStop(run: ClaimedRun, { because }: TurnStopped, ledger: LedgerRow[]): TurnOutcome | AbandonedTurn {
  switch (because) {
    case 'lease_lost':
      return { abandoned: ledger };
    case 'cancelled':
      return cancelled(run, ledger);
    case 'deadline':
      return expired(run, ledger);
    case 'draining':
      return handedBack(ledger);
    case 'turn_timeout':
      return outcomeOfFailure(run, turnTimeout(), ledger);
  }
}

function turnTimeout(): TroupeError {
  return new TroupeError({
    code: 'turn_timeout',
    fault: 'upstream',
    message: 'The model turn took longer than RUN_TURN_SECONDS allows and was given up.',
    retryable: true,
  });
}

/** Full jitter, but never before the time that the provider asked for. Milliseconds. */
function backoff(retryCount: number, retryAfterMs = 0): number {
  const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** retryCount);
  return retryAfterMs + Math.random() * ceiling;
}

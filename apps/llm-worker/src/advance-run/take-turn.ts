import { decideNext, streamTurn } from '@troupe/agent';
import { formatEventId, type RunEventBody } from '@troupe/contracts';
import type { ClaimedRun } from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { ModelCatalog, ModelRequest, ModelResponse, Tool } from '@troupe/spec';
import { ledgerOfFailure, ledgerOfResponse } from './model-call.js';
import { outcomeOfAnswer } from './outcome-of-answer.js';
import { cancelled, expired, failed, handedBack, outcomeOfFailure } from './outcome-of-failure.js';
import { prepareRequest } from './prepare-request.js';
import type { AbandonedTurn, TurnOutcome } from './turn-outcome.js';

export interface TurnPorts {
  models: ModelCatalog;
  /** Every tool that agents may name. */
  tools: ReadonlyMap<string, Tool>;
  signal: AbortSignal;
  /** Takes events that readers may see before the turn is committed. */
  onEvent(event: RunEventBody): void;
}

/** Attempts that may die with their worker before the run is given up: then the run itself is what kills them. */
const MAX_CRASHES = 5;

/** One model turn of a claimed run. */
export async function takeTurn(run: ClaimedRun, ports: TurnPorts): Promise<TurnOutcome | AbandonedTurn> {
  if (run.claims > 1) {
    const withdraw_after = formatEventId(run.lastEvent);
    ports.onEvent({ type: 'step.restarted', data: { step: run.step, withdraw_after } });
  }
  if (run.cancelRequested) return cancelled(run);
  if (run.deadlineInMs <= 0 && !run.paused) return expired(run);
  if (run.crashCount >= MAX_CRASHES) return poisoned(run);
  if (run.paused) return handedBack();
  if (run.firstClaim) ports.onEvent({ type: 'run.started', data: { model: run.model } });
  for (const { id, content } of run.received) {
    ports.onEvent({ type: 'message.received', data: { message_id: id, content } });
  }
  ports.onEvent({ type: 'step.started', data: { step: run.step } });
  return callModel(run, ports);
}

async function callModel(run: ClaimedRun, ports: TurnPorts): Promise<TurnOutcome | AbandonedTurn> {
  const { configuration } = run;
  const startedAt = new Date().toISOString();
  const streamed: RunEventBody[] = [];
  let sent: ModelRequest | undefined;
  let response: ModelResponse | undefined;
  try {
    const model = ports.models.resolve(run.model);
    const { request, tools } = prepareRequest(run, ports.tools);
    ports.signal.throwIfAborted();
    sent = request;
    failpoint('turn.before-call');
    response = await streamTurn(model, request, {
      signal: ports.signal,
      onEvent: (event) => {
        if (streamed.length === 0) failpoint('turn.first-event');
        failpoint('turn.any-event');
        streamed.push(event);
        ports.onEvent(event);
      },
    });
    failpoint('turn.after-answer');
    const move = decideNext(response, { tools, turn: run.turn + 1, maxTurns: configuration.max_turns });
    if (move.kind === 'call_tools') failpoint('turn.tool-call');
    return outcomeOfAnswer(run, response, move, startedAt);
  } catch (error) {
    failpoint('turn.after-failure');
    if (!sent) return outcomeOfFailure(run, error, []);
    const row = response ? ledgerOfResponse(run, response) : ledgerOfFailure(run, error, sent, streamed);
    return outcomeOfFailure(run, error, [row]);
  }
}

function poisoned(run: ClaimedRun): TurnOutcome {
  const message = `The run was given up: ${run.crashCount} workers died while they worked on it.`;
  return failed(run, 'poisoned', { code: 'run_poisoned', fault: 'server', message, retryable: false }, []);
}

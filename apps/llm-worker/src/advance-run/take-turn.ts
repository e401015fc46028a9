import { decideNext, prepareTurn, resolveTools, streamTurn } from '@troupe/agent';
import { formatEventId, type RunEventBody } from '@troupe/contracts';
import type { ClaimedRun } from '@troupe/database';
import type { ModelCatalog, Tool } from '@troupe/spec';
import { ledgerOfFailure } from './model-call.js';
import { outcomeOfAnswer } from './outcome-of-answer.js';
import { cancelled, expired, failed, outcomeOfFailure } from './outcome-of-failure.js';
import type { TurnOutcome } from './turn-outcome.js';

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

/** One model turn of a claimed run. Undefined when the run was lost meanwhile and nothing may be stored. */
export async function takeTurn(run: ClaimedRun, ports: TurnPorts): Promise<TurnOutcome | undefined> {
  if (run.claims > 1) {
    const withdraw_after = formatEventId(run.lastEvent);
    ports.onEvent({ type: 'step.restarted', data: { step: run.step, withdraw_after } });
  }
  if (run.cancelRequested) return cancelled(run);
  if (run.deadlineInMs <= 0) return expired(run);
  if (run.crashCount >= MAX_CRASHES) return poisoned(run);
  if (run.firstClaim) ports.onEvent({ type: 'run.started', data: { model: run.model } });
  ports.onEvent({ type: 'step.started', data: { step: run.step } });
  return callModel(run, ports);
}

async function callModel(run: ClaimedRun, ports: TurnPorts): Promise<TurnOutcome | undefined> {
  const { configuration } = run;
  const startedAt = new Date().toISOString();
  const streamed: RunEventBody[] = [];
  let called = false;
  try {
    const model = ports.models.resolve(run.model);
    const tools = resolveTools(configuration.tools, ports.tools);
    const request = prepareTurn({
      configuration,
      tools: tools.values(),
      history: run.history,
      facts: run.facts,
      summary: run.thread.summary,
      unsummarized: run.thread.messageCount - run.thread.summarizedCount,
      turn: run.turn + 1,
    });
    called = true;
    const response = await streamTurn(model, request, {
      signal: ports.signal,
      onEvent: (event) => {
        streamed.push(event);
        ports.onEvent(event);
      },
    });
    const move = decideNext(response, { tools, turn: run.turn + 1, maxTurns: configuration.max_turns });
    return outcomeOfAnswer(run, response, move, startedAt);
  } catch (error) {
    const ledger = called ? [ledgerOfFailure(run, error, streamed)] : [];
    return outcomeOfFailure(run, error, ledger);
  }
}

function poisoned(run: ClaimedRun): TurnOutcome {
  const message = `The run was given up: ${run.crashCount} workers died while they worked on it.`;
  return failed(run, 'poisoned', { code: 'run_poisoned', fault: 'server', message, retryable: false }, []);
}

import {
  asksForBudget,
  type ChosenRoute,
  chooseRoute,
  decideNext,
  type ModelCaller,
  type StartedCall,
} from '@troupe/agent';
import { formatEventId, type ModelId, type RunEventBody } from '@troupe/contracts';
import type { ClaimedRun } from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { ModelRequest, PriceBook, Tool } from '@troupe/spec';
import { ledgerOfTurn } from './ledger-of-turn.js';
import { outcomeOfAnswer } from './outcome-of-answer.js';
import { cancelled, expired, failed, handedBack, heldBack, outcomeOfFailure } from './outcome-of-failure.js';
import { prepareRequest } from './prepare-request.js';
import type { AbandonedTurn, TurnOutcome } from './turn-outcome.js';

export interface TurnPorts {
  caller: ModelCaller;
  prices: PriceBook;
  /** Every tool that agents may name. */
  tools: ReadonlyMap<string, Tool>;
  /** The share of the run's tenant in limits. */
  weight: number;
  signal: AbortSignal;
  /** Takes events that readers may see before the turn is committed. */
  onEvent(event: RunEventBody): void;
  /** Sets money aside for a request that is about to leave. @throws TroupeError `budget_exceeded` */
  reserve(call: StartedCall): Promise<void>;
  /** What the tightest budget has left, in US dollars; undefined: none binds the run. Only asked where a rule wants it. */
  budgetLeft(): Promise<number | undefined>;
}

interface PreparedTurn {
  request: ModelRequest;
  tools: ReadonlyMap<string, Tool>;
  route: ChosenRoute;
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
  let prepared: PreparedTurn;
  try {
    const { request, tools } = prepareRequest(run, ports.tools);
    prepared = { request, tools, route: await routeOf(run, request, ports) };
    ports.signal.throwIfAborted();
  } catch (error) {
    return outcomeOfFailure(run, error, []);
  }
  return callModel(run, ports, prepared);
}

async function callModel(
  run: ClaimedRun,
  ports: TurnPorts,
  { request, tools, route }: PreparedTurn,
): Promise<TurnOutcome | AbandonedTurn> {
  const startedAt = new Date().toISOString();
  let silent = true;
  const result = await ports.caller.call({
    id: placeInLine(run),
    routes: route.models,
    request,
    tenant: run.tenantId,
    weight: ports.weight,
    priority: run.options.background ? 'background' : 'interactive',
    signal: ports.signal,
    onStart: async (call) => {
      await ports.reserve(call);
      if (call.number === 1) tellOfStart(run, call.model, ports);
      failpoint('turn.before-call');
    },
    onEvent: (event) => {
      if (silent) failpoint('turn.first-event');
      silent = false;
      failpoint('turn.any-event');
      ports.onEvent(event);
    },
  });
  const ledger = ledgerOfTurn(run, result.attempts, ports.prices);
  if (result.type === 'held') return heldBack(result, ledger);
  if (result.type === 'failed') {
    failpoint('turn.after-failure');
    return outcomeOfFailure(run, result.error, ledger, result.spoke);
  }
  failpoint('turn.after-answer');
  try {
    const { max_turns: maxTurns } = run.configuration;
    const move = decideNext(result.response, { tools, turn: run.turn + 1, maxTurns });
    if (move.kind === 'call_tools') failpoint('turn.tool-call');
    const { response, model, attempts } = result;
    return outcomeOfAnswer(run, { response, model, route, attempts, ledger }, move, startedAt);
  } catch (error) {
    failpoint('turn.after-failure');
    return outcomeOfFailure(run, error, ledger);
  }
}

/** Only now: a run that waits for a limit has not begun its step, and reads its messages when it does. */
function tellOfStart(run: ClaimedRun, model: ModelId, { onEvent }: TurnPorts): void {
  for (const { id, content } of run.received) {
    onEvent({ type: 'message.received', data: { message_id: id, content } });
  }
  onEvent({ type: 'step.started', data: { step: run.step, ...(model !== run.model && { model }) } });
}

/** Stays the same while the run waits for a limit; another after every try that may have reached a provider. */
function placeInLine({ id, step, retryCount, crashCount }: ClaimedRun): string {
  return `${id}.${step}.${retryCount}.${crashCount}`;
}

async function routeOf(run: ClaimedRun, request: ModelRequest, { budgetLeft }: TurnPorts): Promise<ChosenRoute> {
  const budgetLeftUsd = asksForBudget(run) ? await budgetLeft() : undefined;
  return chooseRoute({ ...run, request, turn: run.turn + 1, budgetLeftUsd });
}

function poisoned(run: ClaimedRun): TurnOutcome {
  const message = `The run was given up: ${run.crashCount} workers died while they worked on it.`;
  return failed(run, 'poisoned', { code: 'run_poisoned', fault: 'server', message, retryable: false }, []);
}

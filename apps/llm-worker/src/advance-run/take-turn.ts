import {
  asksForBudget,
  boundFanOut,
  boundParallelCalls,
  type ChosenRoute,
  chooseRoute,
  costAt,
  decideNext,
  type HandoffTool,
  type ModelCaller,
  type RunAllowance,
  type StartedCall,
} from '@troupe/agent';
import { formatEventId, type ModelId, type RunEventBody } from '@troupe/contracts';
import type { ClaimedRun } from '@troupe/database';
import { failpoint } from '@troupe/failpoints';
import type { ModelRequest, PriceBook, Tool } from '@troupe/spec';
import type { PermissionSources } from '../approvals/permission-sources.js';
import { permitTurn } from '../approvals/permit-turn.js';
import { blockedOutcome } from '../guardrails/blocked-outcome.js';
import { guardedMove } from '../guardrails/guarded-move.js';
import type { JudgePorts } from '../guardrails/judge-of-run.js';
import { type GuardedOutcome, underGuardrails } from '../guardrails/under-guardrails.js';
import { withheldIn } from '../guardrails/withheld-in.js';
import { type AgentCards, type OtherAgents, otherAgentsOf } from '../other-agents/other-agents.js';
import { withSubruns } from '../subruns/with-subruns.js';
import { allowanceOfRun } from './allowance-of-run.js';
import { usageOfCalls } from './ledger-of-turn.js';
import { outcomeOfAnswer } from './outcome-of-answer.js';
import { cancelled, expired, failed, handedBack, heldBack, outcomeOfFailure } from './outcome-of-failure.js';
import { prepareRequest } from './prepare-request.js';
import { askAgain, reviewAnswer } from './review-answer.js';
import { stopOnTool } from './stop-on-tool.js';
import type { AbandonedTurn, TurnOutcome } from './turn-outcome.js';

export interface TurnPorts {
  caller: ModelCaller;
  prices: PriceBook;
  /** Every tool that agents may name. */
  tools: ReadonlyMap<string, Tool>;
  /** Only asked where the agent involves others. */
  agents: AgentCards;
  permissions: PermissionSources;
  /** The share of the run's tenant in limits. */
  weight: number;
  signal: AbortSignal;
  /** Takes events that readers may see before the turn is committed. */
  onEvent(event: RunEventBody): void;
  /** Sets money aside for a request that is about to leave, and accounts for those before it. @throws TroupeError `budget_exceeded` */
  reserve(call: StartedCall): Promise<void>;
  /** See JudgePorts. */
  noteJudged: JudgePorts['noteJudged'];
  correctJudged: JudgePorts['correctJudged'];
  /** What the tightest budget has left, in US dollars; undefined: none binds the run. Only asked where a rule wants it. */
  budgetLeft(): Promise<number | undefined>;
}

interface PreparedTurn {
  request: ModelRequest;
  tools: ReadonlyMap<string, Tool>;
  handoffs: ReadonlyMap<string, HandoffTool>;
  others: OtherAgents;
  route: ChosenRoute;
  allowance: RunAllowance;
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
    const stopped = await stopOnTool(run, ports);
    if (stopped) return stopped;
    const others = await otherAgentsOf(run, ports.agents);
    const { request, ...callable } = prepareRequest(run, ports.tools, others);
    const route = await routeOf(run, request, ports);
    const allowance = allowanceOfRun(run);
    const allowed = allowance.limit(request, run.configuration.limits, costAt(route.models, ports.prices));
    prepared = { request: allowed, ...callable, others, route, allowance };
    ports.signal.throwIfAborted();
  } catch (error) {
    return outcomeOfFailure(run, error, []);
  }
  return callModel(run, ports, prepared);
}

async function callModel(
  run: ClaimedRun,
  ports: TurnPorts,
  prepared: PreparedTurn,
): Promise<TurnOutcome | AbandonedTurn> {
  const startedAt = new Date().toISOString();
  const { route, others } = prepared;
  let silent = true;
  const asked = await underGuardrails({
    run,
    ports,
    request: prepared.request,
    prepare: (read) => prepareRequest(read, ports.tools, others).request,
    begin: (read, model) => tellOfStart(read, model, ports),
    send: ({ request, suffix, signal, onStart, onEvent }) =>
      ports.caller.call({
        id: `${placeInLine(run)}${suffix}`,
        routes: route.models,
        request,
        tenant: run.tenantId,
        weight: ports.weight,
        priority: run.options.background ? 'background' : 'interactive',
        signal,
        onStart: async (call) => {
          await onStart(call);
          failpoint('turn.before-call');
        },
        onEvent: (event) => {
          if (silent) failpoint('turn.first-event');
          silent = false;
          failpoint('turn.any-event');
          onEvent(event);
        },
      }),
  });
  return withheldIn(await outcomeOfModel(ports, prepared, asked, startedAt), asked.withheld);
}

async function outcomeOfModel(
  ports: TurnPorts,
  { tools, handoffs, others, route, allowance }: PreparedTurn,
  asked: GuardedOutcome,
  startedAt: string,
): Promise<TurnOutcome | AbandonedTurn> {
  const { run, ledger, guards } = asked;
  if (asked.type === 'blocked') return blockedOutcome(run, asked.answer, ledger);
  if (asked.type === 'failed') return outcomeOfFailure(run, asked.error, ledger);
  const { result } = asked;
  if (result.type === 'held') return heldBack(result, ledger);
  if (result.type === 'failed') {
    failpoint('turn.after-failure');
    return outcomeOfFailure(run, result.error, ledger, result.spoke);
  }
  failpoint('turn.after-answer');
  try {
    const { max_turns: maxTurns } = run.configuration;
    const wanted = decideNext(result.response, { tools, handoffs, turn: run.turn + 1, maxTurns });
    const decided = await guardedMove(wanted, guards, ports);
    allowance.charge(usageOfCalls(ledger), ledger.length);
    const atOnce = boundParallelCalls(boundFanOut(decided), run.configuration.max_parallel_tool_calls);
    const bounded = allowance.after(atOnce, run.configuration.limits);
    const reviewed = await reviewAnswer(run, bounded);
    if ('refused' in reviewed) return askAgain(reviewed.refused, ledger);
    const known = bounded.kind === 'call_tools' ? new Map([...ports.tools, ...tools]) : tools;
    const permitted = await permitTurn(run, bounded, {
      tools: known,
      sources: ports.permissions,
      signal: ports.signal,
    });
    const move = withSubruns(run, permitted, { spent: allowance.spent, tools: known });
    if (move.kind === 'call_tools') failpoint('turn.tool-call');
    const { response, model, attempts } = result;
    const involved = { ...others, defaultModel: ports.agents.defaultModel };
    const call = { response, model, route, attempts, ledger, others: involved, output: reviewed.output };
    return outcomeOfAnswer(run, call, move, startedAt);
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
function placeInLine({ id, step, retryCount, crashCount, refused }: ClaimedRun): string {
  return `${id}.${step}.${retryCount}.${crashCount}${refused ? `.${refused.count}` : ''}`;
}

async function routeOf(run: ClaimedRun, request: ModelRequest, { budgetLeft }: TurnPorts): Promise<ChosenRoute> {
  const budgetLeftUsd = asksForBudget(run) ? await budgetLeft() : undefined;
  return chooseRoute({ ...run, request, turn: run.turn + 1, budgetLeftUsd });
}

function poisoned(run: ClaimedRun): TurnOutcome {
  const message = `The run was given up: ${run.crashCount} workers died while they worked on it.`;
  return failed(run, 'poisoned', { code: 'run_poisoned', fault: 'server', message, retryable: false }, []);
}

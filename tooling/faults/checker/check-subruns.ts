import { agentAsked, type CallName } from '../load/case-plan.js';
import type { ProviderCall } from '../oracles/provider-call.js';
import type { ToolSend } from '../oracles/tool-send.js';
import type { CaseView, RunView } from './case-view.js';
import type { Evidence, RunRow, ToolCallRow, Violation } from './evidence.js';
import { survivingEvents } from './surviving-events.js';

/** Once nobody waits for a run any more, nothing new starts for it after so long: a worker's look or heartbeat. Milliseconds. */
const STOPPED_WITHIN_MS = 10_000;
/** And it has ended after so long, whatever else was broken. Milliseconds. */
const ENDED_WITHIN_MS = 60_000;

/**
 * What an agent is asked for is one run, of the call that asked, on a thread of its own; it ends before the call has its
 * result, which is its answer; and it does not go on when the run above has ended without it.
 */
export function checkSubruns(view: CaseView): Violation[] {
  return view.runs.flatMap((run) => {
    const found: Violation[] = [];
    const say = (what: string) => found.push({ invariant: 'subruns', case: view.id, runId: run.row.id, what });
    const parents = view.parent?.runs ?? [];
    if (view.parent) checkPlace(run, parents, say);
    else if (run.row.parent_run_id !== null) say(`the run of a person is below run ${run.row.parent_run_id}`);
    for (const parent of parents) {
      if (parent.row.finished_at !== null) checkEnd(view, run.row, parent.row.finished_at, say);
    }
    return found;
  });
}

type Say = (what: string) => void;

function checkPlace(run: RunView, parents: readonly RunView[], say: Say): void {
  const { row } = run;
  const parent = parents.find(({ row: { id } }) => id === row.parent_run_id);
  const call = parent?.toolCalls.find(({ id }) => id === row.parent_tool_call_id);
  if (!parent || !call) {
    say(`run ${row.parent_run_id} or its call ${row.parent_tool_call_id} did not ask for it`);
    return;
  }
  if (call.subrun_id !== row.id) say(`its call waits for run ${call.subrun_id}`);
  if (row.depth !== parent.row.depth + 1) say(`it is ${row.depth} deep, below one of ${parent.row.depth}`);
  if (row.thread_id === parent.row.thread_id) say('it is on the thread of the run above');
  const started = tellingsOf('subrun.started', parent, row.id);
  if (started !== 1) say(`the run above tells ${started} times that it started`);
  const completed = tellingsOf('subrun.completed', parent, row.id);
  const right = parent.row.status === 'completed' ? [1] : [0, 1];
  if (!right.includes(completed)) say(`the run above tells ${completed} times that it ended`);
  checkAnswer(run, call, say);
}

function tellingsOf(type: string, { log }: RunView, runId: string): number {
  return survivingEvents(log).filter(
    (event) => event[2] === type && (JSON.parse(event[3]) as { run_id: string }).run_id === runId,
  ).length;
}

function checkAnswer({ row, messages }: RunView, { call, state, result, finished_at }: ToolCallRow, say: Say): void {
  // Where the run above ended first, nobody waits for the answer.
  if (state !== 'completed' && state !== 'failed') return;
  if ((row.finished_at ?? Number.POSITIVE_INFINITY) > (finished_at ?? 0)) say(`${call} had its result before it ended`);
  if ((state === 'completed') !== (row.status === 'completed')) say(`${call} is ${state}, and the run ${row.status}`);
  const answer = messages.find(({ id }) => id === row.output_message_id);
  const text = answer?.content.map((part) => part.text ?? '').join('');
  if (state === 'completed' && result !== text) say(`${call} has the result ${result}, and the answer was ${text}`);
}

function checkEnd(view: CaseView, row: RunRow, parentEndedAt: number, say: Say): void {
  const lateMs = (row.finished_at ?? Number.POSITIVE_INFINITY) - parentEndedAt;
  if (lateMs > ENDED_WITHIN_MS) say(`it ended ${Math.round(lateMs)} ms after the run above`);
  if (row.status === 'completed' && lateMs > STOPPED_WITHIN_MS) {
    say(`it completed ${Math.round(lateMs)} ms after the run above had ended`);
  }
  const calls: (ProviderCall | ToolSend)[] = [...view.providerCalls, ...view.judgeCalls, ...view.sends];
  const late = calls.find(({ at }) => at - parentEndedAt > STOPPED_WITHIN_MS);
  if (late) say(`a call started ${Math.round(late.at - parentEndedAt)} ms after the run above had ended`);
}

/** Over all cases: a call has one run and a run one call; a run above that completed left none behind. */
export function checkFamilies({ database }: Evidence): Violation[] {
  const found: Violation[] = [];
  const below = database.runs.filter(({ parent_run_id }) => parent_run_id !== null);
  const say = (runId: string, what: string) => found.push({ invariant: 'subruns', runId, what });
  for (const [callId, rows] of Map.groupBy(below, (row) => row.parent_tool_call_id)) {
    if (rows.length > 1) say(rows[0]?.id ?? '', `tool call ${callId} has ${rows.length} runs`);
  }
  const runs = new Map(database.runs.map((row) => [row.id, row]));
  for (const row of below) {
    const parent = runs.get(row.parent_run_id ?? '');
    if (!parent) say(row.id, `the run above it, ${row.parent_run_id}, is not there`);
    else if (parent.status === 'completed' && (row.finished_at ?? Number.POSITIVE_INFINITY) > (parent.finished_at ?? 0))
      say(row.id, `the run above it completed without it`);
  }
  const threads = new Map(database.threads.map((thread) => [thread.id, thread]));
  for (const { id, thread_id, parent_run_id } of database.runs) {
    const thread = threads.get(thread_id);
    if (thread?.parent_run_id !== parent_run_id) say(id, `its thread belongs to run ${thread?.parent_run_id}`);
  }
  for (const { name, subrun_id, run_id, call, state } of database.toolCalls) {
    if (!agentAsked(name as CallName)) continue;
    if (state === 'completed' && subrun_id === null) say(run_id, `${call} was answered by no run`);
    if (subrun_id !== null && !runs.has(subrun_id))
      say(run_id, `${call} is answered by run ${subrun_id}, which is not there`);
  }
  return found;
}

import { replyTo } from '../load/case-message.js';
import { ASKING_TOOLS } from '../load/case-plan.js';
import type { HistoryEntry, SeenEvent } from '../load/history.js';
import type { ToolSend } from '../oracles/tool-send.js';
import { type CaseView, rootOf } from './case-view.js';
import type { ApprovalRow, ToolCallRow, Violation } from './evidence.js';

/** Between the clocks of two processes and the database of one machine, in milliseconds. */
const CLOCKS_MS = 5;

/**
 * A call that somebody has to allow is asked about, decided once, by somebody who did decide so, never sent before that or
 * after a no, and sent with the arguments that the person wrote. What was decided is told once.
 */
export function checkApprovals(view: CaseView): Violation[] {
  const found: Violation[] = [];
  const root = rootOf(view);
  const sends = Map.groupBy(view.sends, ({ call }) => call);
  for (const run of view.runs) {
    const say = (what: string) => found.push({ invariant: 'approvals', case: view.id, runId: run.row.id, what });
    const byCall = new Map(run.approvals.map((approval) => [approval.tool_call_id, approval]));
    for (const row of run.toolCalls) {
      const approval = byCall.get(row.id);
      const asks = row.name === 'ask_user' || ASKING_TOOLS.has(row.name);
      if (asks !== (approval !== undefined)) say(`${row.call} (${row.name}) has ${approval ? 'an' : 'no'} approval`);
      if (!approval) continue;
      checkDecision(approval, row, root.history, say);
      checkSends(approval, row, sends.get(row.call) ?? [], say);
      checkResult(approval, row, say);
      checkTold(approval, row, run.log, say);
      // One that has ended hears nothing more.
      const above = root.runs.find(({ row: { id, status } }) => id === approval.root_run_id && status === 'completed');
      if (root !== view && above) checkTold(approval, row, above.log, say);
    }
    const calls = new Set(run.toolCalls.map(({ id }) => id));
    const strays = run.approvals.filter(({ tool_call_id }) => !calls.has(tool_call_id));
    if (strays.length > 0) say(`${strays.length} approvals are of no call of the run`);
  }
  return found;
}

type Say = (what: string) => void;

function checkDecision(approval: ApprovalRow, { call }: ToolCallRow, history: readonly HistoryEntry[], say: Say): void {
  const { id, state, decided_by, edited, forgotten } = approval;
  const wanted = history.filter((entry) => entry.type === 'decide').filter(({ approvalId }) => approvalId === id);
  const taken = history
    .filter((entry) => entry.type === 'decided')
    .filter(({ approvalId, outcome }) => approvalId === id && outcome === 'ok')
    .map(({ by }) => by);
  if (new Set(taken).size > 1) say(`${call} was decided by ${taken.join(' and by ')}`);
  const other = taken.find((by) => by !== decided_by);
  if (other !== undefined) say(`${call} was decided by ${other}, and ${decided_by ?? 'nobody'} is written down`);
  if (forgotten) say(`${call} still waits for somebody, and its run has ended long ago`);
  if (decided_by === null) {
    if (['approved', 'rejected', 'answered'].includes(state)) say(`${call} is ${state} by nobody`);
    return;
  }
  const own = wanted.find(({ by }) => by === decided_by);
  if (!own) say(`${call} is ${state} by ${decided_by}, who decided nothing`);
  else if (STATES[own.verb] !== state || own.edited !== edited) {
    say(`${decided_by} wanted to ${own.verb} ${call}, and it is ${state}${edited ? ' with other arguments' : ''}`);
  }
}

const STATES = { approve: 'approved', reject: 'rejected', answer: 'answered' };

function checkSends(approval: ApprovalRow, { call }: ToolCallRow, sends: readonly ToolSend[], say: Say): void {
  const { kind, state, edited, decided_by, decided_at } = approval;
  if (sends.length === 0) return;
  if (kind === 'input' || state !== 'approved') say(`${call} is ${state} and was sent`);
  const early = sends.find(({ at }) => at < (decided_at ?? Number.POSITIVE_INFINITY) - CLOCKS_MS);
  if (early) say(`${call} was sent ${Math.round((decided_at ?? 0) - early.at)} ms before it was decided`);
  const by = edited ? (decided_by ?? undefined) : undefined;
  const wrong = sends.find((send) => send.by !== by);
  if (wrong) say(`${call} was sent with arguments by ${wrong.by ?? 'the model'} instead of ${by ?? 'the model'}`);
}

function checkResult({ state, answer, edited, decided_by }: ApprovalRow, row: ToolCallRow, say: Say): void {
  const { call } = row;
  if (state === 'rejected' && row.state !== 'failed') say(`${call} is rejected and ${row.state}`);
  if (state === 'answered' && (row.state !== 'completed' || row.result !== answer || answer !== replyTo(call))) {
    say(`${call} was answered ${JSON.stringify(answer)} and is ${row.state} with ${JSON.stringify(row.result)}`);
  }
  if (edited && row.by !== decided_by) say(`${call} was edited by ${decided_by} and has arguments by ${row.by}`);
}

function checkTold({ id, state }: ApprovalRow, { call }: ToolCallRow, log: readonly SeenEvent[], say: Say): void {
  const told = (type: string) => log.filter((event) => event[2] === type && idOf(event) === id).length;
  if (told('approval.requested') !== 1) say(`${call} was asked about ${told('approval.requested')} times in a log`);
  const times = told('approval.decided');
  const right = state === 'pending' || state === 'cancelled' ? 0 : 1;
  if (times !== right) say(`${call} is ${state}, and a log tells ${times} times of a decision`);
}

function idOf([, , , data]: SeenEvent): string {
  return (JSON.parse(data) as { approval_id: string }).approval_id;
}

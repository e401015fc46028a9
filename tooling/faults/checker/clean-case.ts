import { answerOf, messageOf, misfitOf, NOT_TOLD, remarkOf, replyTo, toldAnswerOf } from '../load/case-message.js';
import {
  ASKING_TOOLS,
  agentAsked,
  agentTakingOver,
  type CallName,
  type CasePlan,
  callName,
  childPlanOf,
  isTool,
  speakersOf,
  TOOL_CLASSES,
} from '../load/case-plan.js';
import type { SeenEvent } from '../load/history.js';
import type { JudgedPlace } from '../oracles/provider-rules.js';
import { emptyEvidence } from './empty-evidence.js';
import type { ApprovalRow, Evidence, MessagePart, MessageRow, RunRow, ToolCallRow } from './evidence.js';

const TENANT = 't';

/** How the person of a clean case decides about calls, one after the other. */
export type CleanDecision = 'approve' | 'edit' | 'reject';

/** A run while it is written down: everything of it is in the evidence, and its log grows. */
interface RunUnderWay {
  row: RunRow;
  plan: CasePlan;
  messages: MessageRow[];
  parent: RunUnderWay | undefined;
}

interface Call {
  run: RunUnderWay;
  name: CallName;
  round: number;
  index: number;
}

/** Evidence of one case in which nothing went wrong, with what its calls asked of people and agents: tests plant violations in it. */
export function cleanCase(plan: CasePlan, decisions: readonly CleanDecision[] = []): Evidence {
  return new CleanCase(plan, decisions).evidence;
}

class CleanCase {
  readonly evidence = emptyEvidence();
  readonly #case: string;
  readonly #decisions: CleanDecision[];
  #clock = 1;

  constructor(plan: CasePlan, decisions: readonly CleanDecision[]) {
    this.#case = plan.id;
    this.#decisions = [...decisions];
    const { history } = this.evidence;
    const ofCase = { case: plan.id };
    history.push({ ...ofCase, at: 1, type: 'invoke', op: 'start', plan, tenant: TENANT, poisoned: false });
    const { row } = this.#run(plan, undefined, undefined);
    history.push({ ...ofCase, at: 2, type: 'ok', op: 'start', runId: row.id, threadId: row.thread_id });
    const events = this.evidence.database.events.filter(({ run_id }) => run_id === row.id).map(({ event }) => event);
    for (const from of ['live', 'replay'] as const) {
      history.push({ ...ofCase, at: 3, type: 'read', runId: row.id, from, events: [...events], ended: true });
    }
    const answer = { runId: row.id, status: 'completed', response: toldAnswerOf(plan), output: row.output };
    history.push({ ...ofCase, at: 3, type: 'answer', ...answer });
  }

  #run(plan: CasePlan, parent: RunUnderWay | undefined, callId: string | undefined): RunUnderWay {
    const { database } = this.evidence;
    const speakers = speakersOf(plan);
    const row: RunRow = {
      id: `run-${plan.id}`,
      tenant_id: TENANT,
      thread_id: `thread-${plan.id}`,
      agent: speakers.at(-1) ?? '',
      parent_run_id: parent?.row.id ?? null,
      parent_tool_call_id: callId ?? null,
      depth: parent ? parent.row.depth + 1 : 0,
      status: 'completed',
      stop_reason: plan.holds === 'forbidden' ? 'guardrail' : 'end_turn',
      error_code: null,
      attempt: 0,
      input_message_id: `${plan.id}-m10`,
      output_message_id: null,
      ...(plan.misfits !== undefined && { output: JSON.parse(answerOf(plan)) as unknown }),
      created_at: this.#tick(),
      finished_at: null,
      deadline_at: 45_000,
    };
    const run: RunUnderWay = { row, plan, messages: [], parent };
    database.runs.push(row);
    this.#tell(run, 'run.queued');
    this.#write(run, 'user', null, { type: 'text', text: messageOf(plan) });
    for (const [turn, agent] of speakers.entries()) this.#turn(run, turn, agent);
    row.finished_at = this.#tick();
    this.#tell(run, 'run.completed');
    const { length } = run.messages;
    const thread = { id: row.thread_id, tenant_id: TENANT, parent_run_id: row.parent_run_id };
    database.threads.push({ ...thread, head_message_id: run.messages.at(-1)?.id ?? null, message_count: length });
    return run;
  }

  #turn(run: RunUnderWay, turn: number, agent: string): void {
    const { row, plan } = run;
    this.#claim(run);
    const place: { turn: number; speaker: string } = { turn, speaker: agent };
    if (agent === 'editor' && !run.messages.some((message) => message.agent === agent)) this.#judge(run, 'input');
    const round = plan.rounds[turn];
    for (let misfits = 0; !round && misfits < (plan.misfits ?? 0); misfits += 1) {
      const before = this.#lastEvent(run);
      this.#call(run, { ...place, misfits });
      this.#tell(run, 'text.delta', { delta: misfitOf(plan, misfits) });
      this.#claim(run, before);
    }
    this.#call(run, { ...place, misfits: round ? 0 : (plan.misfits ?? 0) });
    if (agent === 'editor') this.#judge(run, 'output');
    const held = round ? undefined : plan.holds;
    if (held) this.#tell(run, 'guardrail.tripped', { on: 'output', action: held === 'secret' ? 'redact' : 'block' });
    const text = round ? remarkOf(plan.id, turn) : toldAnswerOf(plan);
    this.#tell(run, 'text.delta', { delta: text });
    const calls = (round ?? []).map((name, index): Call => ({ run, name, round: turn, index }));
    const said = this.#write(run, 'assistant', agent, { type: 'text', text }, ...calls.map(callPart));
    if (text !== NOT_TOLD) this.#step(run, 'model');
    if (!round) row.output_message_id = said.id;
    else if (round.some(agentTakingOver)) for (const call of calls) this.#handOver(call, agent);
    else {
      for (const call of calls) this.#answer(call, agent);
      this.#step(run, 'tools');
    }
  }

  #handOver(call: Call, agent: string): void {
    const to = agentTakingOver(call.name);
    if (to) this.#tell(call.run, 'handoff.occurred', { from: agent, to });
    this.#write(call.run, 'tool', agent, { ...resultPart(call), status: to ? 'completed' : 'failed', content: '' });
  }

  /** One call of a round, from the model's wish to what it reads of it. */
  #answer(call: Call, agent: string): void {
    const { run, name } = call;
    const named = callName(run.plan.id, call.round, call.index);
    const row: ToolCallRow = {
      id: `tool-${named}`,
      tenant_id: TENANT,
      run_id: run.row.id,
      name,
      call: named,
      by: null,
      call_id: callIdOf(call),
      effect: isTool(name) ? TOOL_CLASSES[name] : 'idempotent',
      state: 'completed',
      result: null,
      subrun_id: null,
      finished_at: null,
    };
    this.evidence.database.toolCalls.push(row);
    const child = agentAsked(name) && childPlanOf(run.plan, call.round, call.index);
    if (child) this.#ask(run, row, child);
    else if (name === 'ask_user' || ASKING_TOOLS.has(name)) this.#decide(run, row);
    else this.#send(row);
    row.finished_at = this.#tick();
    const content = row.result ?? '';
    this.#write(run, 'tool', agent, { ...resultPart(call), status: row.state, content });
  }

  #ask(run: RunUnderWay, row: ToolCallRow, child: CasePlan): void {
    row.subrun_id = `run-${child.id}`;
    this.#tell(run, 'subrun.started', { run_id: row.subrun_id });
    this.#run(child, run, row.id);
    row.result = toldAnswerOf(child);
    this.#tell(run, 'subrun.completed', { run_id: row.subrun_id });
  }

  #decide(run: RunUnderWay, row: ToolCallRow): void {
    const { history, database } = this.evidence;
    const question = row.name === 'ask_user';
    const decision = question ? 'answer' : (this.#decisions.shift() ?? 'approve');
    const approvalId = `approval-${row.call}`;
    const root = rootOf(run);
    const logs = root === run ? [run] : [run, root];
    for (const log of logs) this.#tell(log, 'approval.requested', { approval_id: approvalId });
    const verb = decision === 'edit' ? 'approve' : decision;
    const entry = { case: this.#case, approvalId, by: 'ada' };
    history.push({ ...entry, at: this.#tick(), type: 'decide', call: row.call, verb, edited: decision === 'edit' });
    history.push({ ...entry, at: this.#tick(), type: 'decided', outcome: 'ok' });
    const approval: ApprovalRow = {
      id: approvalId,
      tenant_id: TENANT,
      run_id: run.row.id,
      root_run_id: root.row.id,
      tool_call_id: row.id,
      kind: question ? 'input' : 'tool',
      state: { approve: 'approved', reject: 'rejected', answer: 'answered' }[verb],
      decided_by: 'ada',
      edited: decision === 'edit',
      answer: question ? replyTo(row.call) : null,
      on_expiry: 'reject',
      decided_at: this.#tick(),
      forgotten: false,
    };
    database.approvals.push(approval);
    for (const log of logs) this.#tell(log, 'approval.decided', { approval_id: approvalId });
    if (decision === 'edit') row.by = 'ada';
    if (question) row.result = replyTo(row.call);
    else if (decision === 'reject') Object.assign(row, { state: 'failed', result: 'Not run: it was not approved.' });
    else this.#send(row);
  }

  #send(row: ToolCallRow): void {
    const sent = { at: this.#tick(), tool: row.name, call: row.call, ...(row.by !== null && { by: row.by }) };
    const whose = { key: `key-${row.call}`, runId: row.run_id, tenantId: TENANT };
    this.evidence.tools.push({ ...sent, ...whose, done: true, reply: 'answered' });
    row.result = JSON.stringify({ done: row.call });
  }

  #judge(run: RunUnderWay, judged: JudgedPlace): void {
    this.#call(run, { turn: 0, misfits: 0, judged });
  }

  #call(run: RunUnderWay, call: { turn: number; misfits: number; speaker?: string; judged?: JudgedPlace }): void {
    const { provider, database } = this.evidence;
    const at = this.#tick();
    const tokens = { inputTokens: 20 + at, outputTokens: at };
    const ended = { number: at, at, endedAt: at, outcome: 'completed', tokensEmitted: at };
    provider.push({ ...call, ...ended, ...tokens, case: run.plan.id } as Evidence['provider'][number]);
    (call.judged ? database.judgeLedger : database.ledger).push({
      run_id: run.row.id,
      tenant_id: TENANT,
      attempt: run.row.attempt,
      call: at,
      outcome: 'completed',
      input_tokens: tokens.inputTokens,
      output_tokens: tokens.outputTokens,
      estimated: false,
    });
  }

  /** The next attempt takes the run: of a new step, or again of one whose events are withdrawn. */
  #claim(run: RunUnderWay, withdrawAfter?: SeenEvent): void {
    const { row } = run;
    row.attempt += 1;
    const claimed = { run_id: row.id, at: this.#tick(), old_status: 'queued', status: 'running', attempt: row.attempt };
    this.evidence.database.transitions.push(claimed);
    if (withdrawAfter) {
      const [attempt, n] = withdrawAfter;
      this.#tell(run, 'step.restarted', { withdraw_after: `${attempt}-${n}` });
    }
    this.#tell(run, 'step.started');
  }

  #step({ row }: RunUnderWay, kind: 'model' | 'tools'): void {
    const { steps } = this.evidence.database;
    const index = steps.filter(({ run_id }) => run_id === row.id).length;
    steps.push({ run_id: row.id, index, kind, attempt: row.attempt });
  }

  #tell({ row }: RunUnderWay, type: string, data: object = {}): void {
    const [attempt = -1, n = 0] = this.#lastEvent({ row }) ?? [];
    const event: SeenEvent = [row.attempt, attempt === row.attempt ? n + 1 : 1, type, JSON.stringify(data)];
    this.evidence.database.events.push({ run_id: row.id, event });
  }

  #lastEvent({ row }: Pick<RunUnderWay, 'row'>): SeenEvent | undefined {
    return this.evidence.database.events.findLast(({ run_id }) => run_id === row.id)?.event;
  }

  #write(run: RunUnderWay, role: string, agent: string | null, ...content: MessagePart[]): MessageRow {
    const { id: run_id, thread_id } = run.row;
    const parent_id = run.messages.at(-1)?.id ?? null;
    // So that they are in order as texts, too.
    const id = `${run.plan.id}-m${10 + run.messages.length}`;
    const message: MessageRow = { id, tenant_id: TENANT, thread_id, run_id, parent_id, role, agent, content };
    run.messages.push(message);
    this.evidence.database.messages.push(message);
    return message;
  }

  #tick(): number {
    this.#clock += 1;
    return this.#clock;
  }
}

function rootOf(run: RunUnderWay): RunUnderWay {
  return run.parent ? rootOf(run.parent) : run;
}

function callIdOf({ round, index }: Call): string {
  return `call-${round}-${index}`;
}

function callPart(call: Call): MessagePart {
  return { type: 'tool_call', id: callIdOf(call), name: call.name };
}

function resultPart(call: Call): MessagePart {
  return { type: 'tool_result', tool_call_id: callIdOf(call), name: call.name };
}

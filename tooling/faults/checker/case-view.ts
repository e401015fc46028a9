import { readMessage } from '../load/case-message.js';
import { type CasePlan, childPlanOf } from '../load/case-plan.js';
import type { HistoryEntry, SeenEvent } from '../load/history.js';
import type { ProviderCall } from '../oracles/provider-call.js';
import type { ToolSend } from '../oracles/tool-send.js';
import type {
  ApprovalRow,
  Evidence,
  LedgerEntry,
  MessageRow,
  RunRow,
  StepRow,
  ToolCallRow,
  TransitionRow,
} from './evidence.js';

/** A stored run with everything that belongs to it. */
export interface RunView {
  row: RunRow;
  steps: StepRow[];
  messages: MessageRow[];
  toolCalls: ToolCallRow[];
  approvals: ApprovalRow[];
  log: SeenEvent[];
  ledger: LedgerEntry[];
  judgeLedger: LedgerEntry[];
  transitions: TransitionRow[];
}

/** One case of the load, or what a call of it asked an agent to do: what was asked for, and all that came of it. */
export interface CaseView {
  id: string;
  plan: CasePlan;
  tenant: string;
  key: string | undefined;
  poisoned: boolean;
  /** Of a person's own case; what an agent asked for has none. */
  history: HistoryEntry[];
  /** Usually one; none when the request was refused, or the call was not made. */
  runs: RunView[];
  /** Of models; those of judges are apart. */
  providerCalls: ProviderCall[];
  judgeCalls: ProviderCall[];
  sends: ToolSend[];
  /** Whose call asked for it; undefined: a person did. */
  parent?: CaseView;
}

/** The case of the person above all the calls of agents. */
export function rootOf(view: CaseView): CaseView {
  return view.parent ? rootOf(view.parent) : view;
}

const textOf = (message: MessageRow) => message.content.map((part) => part.text ?? '').join('');

/**
 * Brings together what belongs to one case: by the name that its message, its calls and its answer carry. What agents were
 * asked for is a case of its own, after the one that asked.
 */
export function viewCases(evidence: Evidence): CaseView[] {
  const { history, provider, tools, database } = evidence;
  const entries = Map.groupBy(history, (entry) => entry.case);
  const calls = Map.groupBy(provider, (call) => call.case);
  const sends = Map.groupBy(tools, (send) => send.call.split('/')[0]);
  const runs = runsByCase(database);
  const whatCameOf = (id: string) => {
    const { turns = [], judges = [] } = Object.groupBy(calls.get(id) ?? [], (call) =>
      call.judged === undefined ? 'turns' : 'judges',
    );
    return { id, runs: runs.get(id) ?? [], providerCalls: turns, judgeCalls: judges, sends: sends.get(id) ?? [] };
  };
  const viewsBelow = (parent: CaseView): CaseView[] =>
    childPlansOf(parent.plan).flatMap((plan) => {
      const asked = { tenant: parent.tenant, key: undefined, poisoned: false, history: [], parent };
      const view: CaseView = { ...whatCameOf(plan.id), plan, ...asked };
      return [view, ...viewsBelow(view)];
    });
  return [...entries].flatMap(([id, ofCase]) => {
    const start = ofCase.find((entry) => entry.type === 'invoke' && entry.op === 'start');
    if (start?.type !== 'invoke' || start.op !== 'start') return [];
    const { plan, tenant, key, poisoned } = start;
    const view: CaseView = { ...whatCameOf(id), plan, tenant, key, poisoned, history: ofCase };
    return [view, ...viewsBelow(view)];
  });
}

function childPlansOf(plan: CasePlan): CasePlan[] {
  return plan.rounds.flatMap((names, round) => names.flatMap((_, index) => childPlanOf(plan, round, index) ?? []));
}

function runsByCase(database: Evidence['database']): Map<string | undefined, RunView[]> {
  const byRun = <Row extends { run_id: string | null }>(rows: readonly Row[]) => {
    const groups = Map.groupBy(rows, ({ run_id }) => run_id);
    return (runId: string) => groups.get(runId) ?? [];
  };
  const steps = byRun(database.steps);
  const messages = byRun(database.messages);
  const toolCalls = byRun(database.toolCalls);
  const approvals = byRun(database.approvals);
  const events = byRun(database.events);
  const ledger = byRun(database.ledger);
  const judgeLedger = byRun(database.judgeLedger);
  const transitions = byRun(database.transitions);
  const inputs = new Map(database.messages.map((message) => [message.id, message]));
  const views = database.runs.map((row) => ({
    row,
    steps: steps(row.id).toSorted((a, b) => a.index - b.index),
    messages: messages(row.id),
    toolCalls: toolCalls(row.id),
    approvals: approvals(row.id),
    log: events(row.id).map(({ event }) => event),
    ledger: ledger(row.id),
    judgeLedger: judgeLedger(row.id),
    transitions: transitions(row.id),
  }));
  return Map.groupBy(views, ({ row }) => {
    const input = inputs.get(row.input_message_id);
    return input && readMessage(textOf(input))?.id;
  });
}

import { type CasePlan, readMessage } from '../load/case-message.js';
import type { HistoryEntry, SeenEvent } from '../load/history.js';
import type { ProviderCall } from '../oracles/provider-call.js';
import type { ToolSend } from '../oracles/tool-send.js';
import type { Evidence, LedgerEntry, MessageRow, RunRow, StepRow, ToolCallRow, TransitionRow } from './evidence.js';

/** A stored run with everything that belongs to it. */
export interface RunView {
  row: RunRow;
  steps: StepRow[];
  messages: MessageRow[];
  toolCalls: ToolCallRow[];
  log: SeenEvent[];
  ledger: LedgerEntry[];
  transitions: TransitionRow[];
}

/** One case of the load: what was asked for, and all that came of it. */
export interface CaseView {
  id: string;
  plan: CasePlan;
  tenant: string;
  key: string | undefined;
  poisoned: boolean;
  history: HistoryEntry[];
  /** Usually one; none when the request was refused. */
  runs: RunView[];
  providerCalls: ProviderCall[];
  sends: ToolSend[];
}

const textOf = (message: MessageRow) => message.content.map((part) => part.text ?? '').join('');

/** Brings together what belongs to one case: by the name that its message, its calls and its answer carry. */
export function viewCases(evidence: Evidence): CaseView[] {
  const { history, provider, tools, database } = evidence;
  const entries = Map.groupBy(history, (entry) => entry.case);
  const calls = Map.groupBy(provider, (call) => call.case);
  const sends = Map.groupBy(tools, (send) => send.call.split('/')[0]);
  const runs = runsByCase(database);
  return [...entries].flatMap(([id, ofCase]) => {
    const start = ofCase.find((entry) => entry.type === 'invoke' && entry.op === 'start');
    if (start?.type !== 'invoke' || start.op !== 'start') return [];
    return {
      id,
      plan: start.plan,
      tenant: start.tenant,
      key: start.key,
      poisoned: start.poisoned,
      history: ofCase,
      runs: runs.get(id) ?? [],
      providerCalls: calls.get(id) ?? [],
      sends: sends.get(id) ?? [],
    };
  });
}

function runsByCase(database: Evidence['database']): Map<string | undefined, RunView[]> {
  const steps = Map.groupBy(database.steps, (step) => step.run_id);
  const messages = Map.groupBy(database.messages, (message) => message.run_id);
  const toolCalls = Map.groupBy(database.toolCalls, (call) => call.run_id);
  const events = Map.groupBy(database.events, (entry) => entry.run_id);
  const ledger = Map.groupBy(database.ledger, (entry) => entry.run_id);
  const transitions = Map.groupBy(database.transitions, (transition) => transition.run_id);
  const inputs = new Map(database.messages.map((message) => [message.id, message]));
  const views = database.runs.map((row) => ({
    row,
    steps: (steps.get(row.id) ?? []).toSorted((a, b) => a.index - b.index),
    messages: messages.get(row.id) ?? [],
    toolCalls: toolCalls.get(row.id) ?? [],
    log: (events.get(row.id) ?? []).map(({ event }) => event),
    ledger: ledger.get(row.id) ?? [],
    transitions: transitions.get(row.id) ?? [],
  }));
  return Map.groupBy(views, ({ row }) => {
    const input = inputs.get(row.input_message_id);
    return input && readMessage(textOf(input))?.id;
  });
}

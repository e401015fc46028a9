import type { HistoryEntry, SeenEvent } from '../load/history.js';
import type { ProviderCall } from '../oracles/provider-call.js';
import type { ToolSend } from '../oracles/tool-send.js';
import type { AppExit } from '../stack/app-process.js';

export interface RunRow {
  id: string;
  tenant_id: string;
  thread_id: string;
  /** Slug: who speaks, or spoke last. */
  agent: string;
  /** Of a run that a call of another run made. */
  parent_run_id: string | null;
  parent_tool_call_id: string | null;
  depth: number;
  status: string;
  stop_reason: string | null;
  error_code: string | null;
  attempt: number;
  input_message_id: string;
  output_message_id: string | null;
  /** The validated answer of a run that has an output schema; undefined: none is stored. */
  output?: unknown;
  /** Milliseconds since 1970. */
  created_at: number;
  finished_at: number | null;
  deadline_at: number;
}

export interface StepRow {
  run_id: string;
  index: number;
  kind: 'model' | 'tools';
  attempt: number;
}

export interface MessagePart {
  type: string;
  text?: string;
  id?: string;
  name?: string;
  tool_call_id?: string;
  status?: string;
  content?: string;
}

export interface MessageRow {
  id: string;
  tenant_id: string;
  thread_id: string;
  run_id: string | null;
  parent_id: string | null;
  role: string;
  /** Who wrote it; null: a person. */
  agent: string | null;
  content: MessagePart[];
}

export interface ThreadRow {
  id: string;
  tenant_id: string;
  head_message_id: string | null;
  message_count: number;
  /** The run on whose calls' behalf it is there; null: a person's. */
  parent_run_id: string | null;
}

export interface ToolCallRow {
  id: string;
  tenant_id: string;
  run_id: string;
  name: string;
  /** The name that the load gave it: case, round, index. */
  call: string;
  /** Who wrote the arguments, where they say so. */
  by: string | null;
  /** By which the messages of the thread know it. */
  call_id: string;
  effect: 'read' | 'idempotent' | 'effect';
  state: string;
  result: string | null;
  /** The run that is to answer it. */
  subrun_id: string | null;
  /** Milliseconds since 1970. */
  finished_at: number | null;
}

/** A call that waits, or waited, for a person. */
export interface ApprovalRow {
  id: string;
  tenant_id: string;
  run_id: string;
  root_run_id: string;
  tool_call_id: string;
  kind: 'tool' | 'input';
  state: string;
  decided_by: string | null;
  /** The person changed the arguments. */
  edited: boolean;
  answer: unknown;
  on_expiry: string;
  /** Milliseconds since 1970. */
  decided_at: number | null;
  /** It is open although its run ended long ago. */
  forgotten: boolean;
}

export interface LedgerEntry {
  run_id: string;
  tenant_id: string;
  attempt: number;
  call: number;
  outcome: string;
  input_tokens: number;
  output_tokens: number;
  estimated: boolean;
}

/** A change of a run's status or attempt, in the order of commits. */
export interface TransitionRow {
  run_id: string;
  at: number;
  old_status: string;
  status: string;
  attempt: number;
}

export interface DatabaseRows {
  runs: RunRow[];
  steps: StepRow[];
  messages: MessageRow[];
  threads: ThreadRow[];
  toolCalls: ToolCallRow[];
  /** The durable log of each run, in order. */
  events: { run_id: string; event: SeenEvent }[];
  approvals: ApprovalRow[];
  /** Of model turns. */
  ledger: LedgerEntry[];
  /** Of judges. */
  judgeLedger: LedgerEntry[];
  transitions: TransitionRow[];
  /** Follow-up tasks that somebody should have taken long ago. */
  overdueFollowUps: number;
}

/** How long something took to move again after the process that held it was killed. */
export interface Recovery {
  what: 'run' | 'tool call';
  id: string;
  /** Milliseconds; undefined when it has not moved. */
  tookMs: number | undefined;
}

/** Everything that is known about one round. */
export interface Evidence {
  history: HistoryEntry[];
  provider: ProviderCall[];
  tools: ToolSend[];
  database: DatabaseRows;
  exits: AppExit[];
  /** Log lines of rejected promises and exceptions that nobody handled. */
  unhandled: string[];
  recoveries: Recovery[];
  /** A fault of this round kept workers from reaching the provider, so a run may have failed for it. */
  providerHarmed: boolean;
}

/**
 * A promise that was not kept. `invariant` is its name in the specification, I1 to I14, G2, G12, or what it is about: approvals,
 * subruns, handoffs, guardrails, judges, output.
 */
export interface Violation {
  invariant: string;
  /** Of the run it is about, if it is about one. */
  case?: string;
  runId?: string;
  what: string;
}

import type { HistoryEntry, SeenEvent } from '../load/history.js';
import type { ProviderCall } from '../oracles/provider-call.js';
import type { ToolSend } from '../oracles/tool-send.js';
import type { AppExit } from '../stack/app-process.js';

export interface RunRow {
  id: string;
  tenant_id: string;
  thread_id: string;
  status: string;
  stop_reason: string | null;
  error_code: string | null;
  attempt: number;
  input_message_id: string;
  output_message_id: string | null;
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
  tool_call_id?: string;
  status?: string;
}

export interface MessageRow {
  id: string;
  tenant_id: string;
  thread_id: string;
  run_id: string | null;
  parent_id: string | null;
  role: string;
  content: MessagePart[];
}

export interface ThreadRow {
  id: string;
  tenant_id: string;
  head_message_id: string | null;
  message_count: number;
}

export interface ToolCallRow {
  id: string;
  tenant_id: string;
  run_id: string;
  name: string;
  /** The name that the load gave it: case, round, index. */
  call: string;
  effect: 'read' | 'idempotent' | 'effect';
  state: string;
  result: string | null;
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
  /** Of model turns. */
  ledger: LedgerEntry[];
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

/** A promise that was not kept. `invariant` is its name in the specification: I1 to I14, G12. */
export interface Violation {
  invariant: string;
  /** Of the run it is about, if it is about one. */
  case?: string;
  runId?: string;
  what: string;
}

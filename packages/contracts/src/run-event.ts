import type { ApprovalDecided, ApprovalRequested } from './approval.js';
import type { ContentPart } from './content-part.js';
import type { ErrorBody } from './error-body.js';
import type { EventId } from './event-id.js';
import type { GuardrailTripped } from './guardrail-tripped.js';
import type { JsonObject, JsonValue } from './json.js';
import type { RunStatus, StopReason, TerminalRunStatus, WaitKind } from './run-status.js';
import type { Usage } from './usage.js';

/**
 * What each event carries. Only what is new: ids and metadata in `run.*` and `step.*`, nothing repeated per token.
 * Names are noun.action; a reader ignores types that it does not know.
 */
export interface RunEventData {
  /** `behind`: the run that works on the thread, where this one has to wait for it. */
  'run.queued': { run_id: string; thread_id: string; agent: string; behind?: string };
  'run.started': { model: string };
  'run.waiting': {
    kind: WaitKind;
    reason?: string;
    /** When it is expected to go on. */
    until?: string;
    /** Of a limit: what binds, and the place in the line. */
    dimension?: string;
    position?: number;
  };
  /** `model`: where another one than the run's is asked. */
  'step.started': { step: number; model?: string };
  /** Withdraw every event after `withdraw_after` that came before this one: the step begins anew. */
  'step.restarted': { step: number; withdraw_after: string };
  /** A message that was sent to the run while it worked; the step that begins now reads it. */
  'message.received': { message_id: string; content: ContentPart[] };
  'text.delta': { delta: string };
  'reasoning.delta': { delta: string };
  'tool_call.requested': { tool_call_id: string; name: string; arguments: JsonObject };
  'tool_call.completed': { tool_call_id: string; name: string; status: 'completed' | 'failed'; result: string };
  /** From here on `to` speaks. `tool_call_id`: of the call by which `from` handed over; `input`: what it sent along. */
  'handoff.occurred': { tool_call_id: string; from: string; to: string; model: string; input: JsonObject };
  /** A call of an agent has become a run of its own, which has a log of its own. */
  'subrun.started': { tool_call_id: string; run_id: string; thread_id: string; agent: string };
  /** It has ended. `usage` is in that of this run from now on. */
  'subrun.completed': { tool_call_id: string; run_id: string; agent: string; status: TerminalRunStatus; usage: Usage };
  /** Never with the text in question. */
  'guardrail.tripped': GuardrailTripped;
  /** A call waits for a person, or the agent asks one something. */
  'approval.requested': ApprovalRequested;
  'approval.decided': ApprovalDecided;
  'message.completed': { message_id: string };
  'usage.recorded': Usage;
  'run.completed': {
    run_id: string;
    thread_id: string;
    message_id: string;
    stop_reason: StopReason;
    usage: Usage;
    /** The validated answer, where an output schema was given and it is not longer than MAX_EVENT_OUTPUT; else the run has it. */
    output?: JsonValue;
  };
  'run.failed': { run_id: string; stop_reason: StopReason; error: ErrorBody };
  'run.cancelled': { run_id: string };
  'run.expired': { run_id: string };
  /** Events that this reader has not seen were removed. Forget all before this one: the run is as the snapshot says. */
  'stream.reset': RunSnapshot;
}

/** Characters of JSON. What is longer is left to who reads the run: a log is sent again to everyone who follows it. */
export const MAX_EVENT_OUTPUT = 65_536;

/** A run as its log would tell it, for readers who come after the log was removed. */
export interface RunSnapshot {
  run_id: string;
  thread_id: string;
  status: RunStatus;
  stop_reason: StopReason | null;
  /** The message that holds the answer, and its text. */
  message_id: string | null;
  response: string | null;
  /** The validated answer of a run that has an output schema. */
  output?: JsonValue;
  error: ErrorBody | null;
  usage: Usage;
  /** Everything up to this event is in the snapshot: `<attempt>-<n>`. */
  last_event_id: string;
}

export type RunEventType = keyof RunEventData;

/** An event without its place in the log: what the runtime emits. */
export type RunEventBody = { [T in RunEventType]: { type: T; data: RunEventData[T] } }[RunEventType];

/** An event at its place in the log. */
export type RunEvent = RunEventBody & { id: EventId };

const TERMINAL_RUN_EVENTS: ReadonlySet<string> = new Set([
  'run.completed',
  'run.failed',
  'run.cancelled',
  'run.expired',
]);

/** Whether a log ends with this event. */
export function isTerminalEvent(type: string): boolean {
  return TERMINAL_RUN_EVENTS.has(type);
}

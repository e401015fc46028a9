import type { JsonValue, RunOptions } from '@troupe/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One execution of an agent on a thread: the row that decides everything. */
@Entity({ name: 'runs' })
export class RunEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'runs_pkey' })
  id: string;

  @Column({ type: 'uuid' })
  tenant_id: string;

  @Column({ type: 'uuid' })
  thread_id: string;

  @Column({ type: 'text', nullable: true })
  user_id: string | null;

  @Column({ type: 'uuid' })
  agent_id: string;

  @Column({ type: 'integer' })
  agent_version: number;

  @Column({ type: 'text' })
  agent: string;

  @Column({ type: 'text' })
  model: string;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'text', nullable: true })
  wait_kind: string | null;

  @Column({ type: 'text', nullable: true })
  stop_reason: string | null;

  @Column({ type: 'jsonb', nullable: true })
  error: JsonValue | null;

  @Column({ type: 'integer', default: 0 })
  step: number;

  @Column({ type: 'integer', default: 0 })
  turn: number;

  @Column({ type: 'integer', default: 0 })
  attempt: number;

  @Column({ type: 'integer', default: 1 })
  dispatch: number;

  @Column({ type: 'integer', default: 0 })
  claims: number;

  @Column({ type: 'integer', default: 0 })
  crash_count: number;

  @Column({ type: 'integer', default: 0 })
  retry_count: number;

  @Column({ type: 'text', nullable: true })
  lease_owner: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  lease_until: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  next_wake_at: Date;

  @Column({ type: 'timestamptz' })
  deadline_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  cancel_requested_at: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  paused_at: Date | null;

  /** Attempts whose worker died with a model call under way that no ledger row tells of yet. */
  @Column({ type: 'integer', array: true, default: () => "'{}'" })
  lost_attempts: number[];

  /** What its request asked for should the thread be busy; it decides whose turn is next among those that wait. */
  @Column({ type: 'text', default: 'reject' })
  multitask_strategy: string;

  /** Waits for its thread: queued, and not to be claimed. Stays true for a run that ended while it waited. */
  @Column({ type: 'boolean', default: false })
  blocked: boolean;

  /** Its number in the thread's line, in order of acceptance; null for a run that never waited. */
  @Column({ type: 'integer', nullable: true })
  place: number | null;

  /** The content of the input message while the run waits: it joins the thread when the run starts. */
  @Column({ type: 'jsonb', nullable: true })
  waiting_input: JsonValue | null;

  /** The run that it interrupted or takes the place of. */
  @Column({ type: 'uuid', nullable: true })
  replaces_run_id: string | null;

  /** Messages that came for the run while it worked and that no turn has read yet: `[{content}]`, oldest first. */
  @Column({ type: 'jsonb', default: [] })
  steering: JsonValue;

  @Column({ type: 'uuid' })
  input_message_id: string;

  @Column({ type: 'uuid' })
  head_message_id: string;

  @Column({ type: 'uuid', nullable: true })
  output_message_id: string | null;

  /** The validated answer, where an output schema was given; JSON's own null is one too. */
  @Column({ type: 'jsonb', nullable: true })
  output: JsonValue | null;

  /** Answers that were not valid: `{count, step, tail}`. */
  @Column({ type: 'jsonb', nullable: true })
  refused: JsonValue | null;

  @Column({ type: 'integer', default: 0 })
  pending_tool_calls: number;

  /** Of the pending calls, those that wait for somebody's approval. */
  @Column({ type: 'integer', default: 0 })
  pending_approvals: number;

  /** Of the pending calls, those that wait for somebody's answer. */
  @Column({ type: 'integer', default: 0 })
  pending_inputs: number;

  /** Since when the run waits for nobody but people: its deadline stands still. */
  @Column({ type: 'timestamptz', nullable: true })
  awaiting_since: Date | null;

  @Column({ type: 'jsonb', default: {} })
  options: RunOptions;

  /** The run that called this one's agent, and the call whose result its answer is. */
  @Column({ type: 'uuid', nullable: true })
  parent_run_id: string | null;

  @Column({ type: 'uuid', nullable: true })
  parent_tool_call_id: string | null;

  /** How many runs are above it. */
  @Column({ type: 'integer', default: 0 })
  depth: number;

  @Column({ type: 'integer', default: 0 })
  event_attempt: number;

  @Column({ type: 'integer', default: 1 })
  event_n: number;

  /** Requests to models that left for it, answered or not. */
  @Column({ type: 'integer', default: 0 })
  requests: number;

  @Column({ type: 'integer', default: 0 })
  input_tokens: number;

  @Column({ type: 'integer', default: 0 })
  output_tokens: number;

  @Column({ type: 'integer', default: 0 })
  cached_input_tokens: number;

  @Column({ type: 'integer', default: 0 })
  reasoning_tokens: number;

  @Column({ type: 'numeric', nullable: true })
  cost: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  started_at: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  finished_at: Date | null;
}

import type { JsonValue } from '@troupe/contracts';
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

  @Column({ type: 'uuid' })
  input_message_id: string;

  @Column({ type: 'uuid' })
  head_message_id: string;

  @Column({ type: 'uuid', nullable: true })
  output_message_id: string | null;

  @Column({ type: 'integer', default: 0 })
  pending_tool_calls: number;

  @Column({ type: 'integer', default: 0 })
  event_attempt: number;

  @Column({ type: 'integer', default: 1 })
  event_n: number;

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

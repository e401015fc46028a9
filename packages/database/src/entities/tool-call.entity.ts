import type { JsonValue } from '@troupe/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One execution of a tool, in two phases: prepared, dispatched, then its result. */
@Entity({ name: 'tool_calls' })
export class ToolCallEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'tool_calls_pkey' })
  id: string;

  @Column({ type: 'uuid' })
  tenant_id: string;

  @Column({ type: 'uuid' })
  run_id: string;

  @Column({ type: 'uuid' })
  thread_id: string;

  @Column({ type: 'text', nullable: true })
  user_id: string | null;

  @Column({ type: 'uuid' })
  message_id: string;

  @Column({ type: 'integer' })
  step: number;

  @Column({ type: 'integer' })
  index: number;

  @Column({ type: 'text' })
  call_id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'jsonb' })
  arguments: JsonValue;

  @Column({ type: 'text' })
  effect: string;

  @Column({ type: 'text' })
  state: string;

  @Column({ type: 'integer', default: 0 })
  dispatches: number;

  @Column({ type: 'timestamptz' })
  lease_until: Date;

  @Column({ type: 'text', nullable: true })
  result: string | null;

  /** Whether a person changed the arguments that the model proposed. */
  @Column({ type: 'boolean', default: false })
  edited: boolean;

  /** The agent that is to answer it in a run of its own: `{agent_id, agent, agent_version, model}`; null: a tool does. */
  @Column({ type: 'jsonb', nullable: true })
  delegate: JsonValue | null;

  /** Of its result, as they were when the call was made. */
  @Column({ type: 'jsonb', nullable: true })
  guardrails: JsonValue | null;

  /** That run, once it is there. */
  @Column({ type: 'uuid', nullable: true })
  subrun_id: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  finished_at: Date | null;
}

import type { JsonValue } from '@troupe/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A call of a tool that waits, or waited, for a person. */
@Entity({ name: 'approvals' })
export class ApprovalEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'approvals_pkey' })
  id: string;

  @Column({ type: 'uuid' })
  tenant_id: string;

  @Column({ type: 'uuid' })
  run_id: string;

  /** The run at the top, where agents call agents: the one that somebody asked for. */
  @Column({ type: 'uuid' })
  root_run_id: string;

  @Column({ type: 'uuid' })
  thread_id: string;

  @Column({ type: 'uuid' })
  tool_call_id: string;

  @Column({ type: 'text', nullable: true })
  user_id: string | null;

  @Column({ type: 'text' })
  agent: string;

  @Column({ type: 'text' })
  kind: string;

  @Column({ type: 'text' })
  reason: string;

  /** Of the tool. */
  @Column({ type: 'text' })
  name: string;

  /** As the model proposed them; those that are sent are in the row of the call. */
  @Column({ type: 'jsonb' })
  arguments: JsonValue;

  @Column({ type: 'text', nullable: true })
  question: string | null;

  @Column({ type: 'jsonb', nullable: true })
  response_schema: JsonValue | null;

  @Column({ type: 'text', array: true, default: () => "'{}'" })
  roles: string[];

  @Column({ type: 'text', default: 'pending' })
  state: string;

  @Column({ type: 'jsonb', nullable: true })
  decision: JsonValue | null;

  @Column({ type: 'text', nullable: true })
  decided_by: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  decided_at: Date | null;

  @Column({ type: 'timestamptz' })
  expires_at: Date;

  @Column({ type: 'text' })
  on_expiry: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;
}

import type { JsonValue } from '@troupe/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Work that a finished run leaves behind: facts, title, summary. */
@Entity({ name: 'follow_up_tasks' })
export class FollowUpTaskEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'follow_up_tasks_pkey' })
  id: string;

  @Column({ type: 'uuid' })
  tenant_id: string;

  @Column({ type: 'uuid' })
  run_id: string;

  @Column({ type: 'uuid' })
  thread_id: string;

  @Column({ type: 'text', nullable: true })
  user_id: string | null;

  @Column({ type: 'text' })
  kind: string;

  @Column({ type: 'text' })
  model: string;

  @Column({ type: 'text', default: 'pending' })
  state: string;

  @Column({ type: 'integer', default: 0 })
  attempt: number;

  /** Attempts whose worker died with a model call under way that no ledger row tells of yet. */
  @Column({ type: 'integer', array: true, default: () => "'{}'" })
  lost_attempts: number[];

  /** Attempts that ended because their worker was told to stop: they count for nothing. */
  @Column({ type: 'integer', default: 0 })
  hand_backs: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  lease_until: Date;

  @Column({ type: 'jsonb', nullable: true })
  result: JsonValue | null;

  @Column({ type: 'text', nullable: true })
  error: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  finished_at: Date | null;
}

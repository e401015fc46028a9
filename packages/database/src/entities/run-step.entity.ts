import type { JsonValue } from '@troupe/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One committed model turn or tool round. */
@Entity({ name: 'run_steps' })
export class RunStepEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'run_steps_pkey' })
  run_id: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'run_steps_pkey' })
  index: number;

  @Column({ type: 'uuid' })
  tenant_id: string;

  @Column({ type: 'text' })
  kind: string;

  @Column({ type: 'integer' })
  attempt: number;

  @Column({ type: 'text', nullable: true })
  model: string | null;

  @Column({ type: 'text', nullable: true })
  finish_reason: string | null;

  @Column({ type: 'jsonb', nullable: true })
  usage: JsonValue | null;

  /** Why this model was asked, where there was a choice. */
  @Column({ type: 'jsonb', nullable: true })
  route: JsonValue | null;

  @Column({ type: 'timestamptz' })
  started_at: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  finished_at: Date;
}

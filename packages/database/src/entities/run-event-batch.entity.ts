import type { JsonValue } from '@troupe/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A batch of a run's events: `first_n` to `n` of one attempt. */
@Entity({ name: 'run_events' })
export class RunEventBatchEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'run_events_pkey' })
  run_id: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'run_events_pkey' })
  attempt: number;

  @Column({ type: 'integer' })
  n: number;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'run_events_pkey' })
  first_n: number;

  @Column({ type: 'jsonb' })
  events: JsonValue;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;
}

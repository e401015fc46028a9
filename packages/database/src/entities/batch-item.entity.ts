import type { JsonObject } from '@troupe/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One request of a batch and what became of it. */
@Entity({ name: 'batch_items' })
export class BatchItemEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'batch_items_pkey' })
  batch_id: string;

  /** In the order in which they were given, from 0. */
  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'batch_items_pkey' })
  position: number;

  @Column({ type: 'uuid' })
  tenant_id: string;

  @Column({ type: 'text' })
  custom_id: string;

  @Column({ type: 'jsonb' })
  request: JsonObject;

  @Column({ type: 'text', default: 'pending' })
  status: string;

  /** The answer without what it used. */
  @Column({ type: 'jsonb', nullable: true })
  response: JsonObject | null;

  @Column({ type: 'jsonb', nullable: true })
  usage: JsonObject | null;

  @Column({ type: 'jsonb', nullable: true })
  error: JsonObject | null;

  @Column({ type: 'timestamptz', nullable: true })
  finished_at: Date | null;
}

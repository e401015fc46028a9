import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One provider call attempt and what it cost. */
@Entity({ name: 'usage_ledger' })
export class LedgerEntryEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'usage_ledger_pkey' })
  id: string;

  @Column({ type: 'uuid' })
  tenant_id: string;

  @Column({ type: 'uuid', nullable: true })
  run_id: string | null;

  @Column({ type: 'uuid', nullable: true })
  thread_id: string | null;

  @Column({ type: 'text', nullable: true })
  user_id: string | null;

  @Column({ type: 'text', nullable: true })
  agent: string | null;

  @Column({ type: 'integer', nullable: true })
  step: number | null;

  @Column({ type: 'integer', nullable: true })
  attempt: number | null;

  /** Which of its attempt's calls it is, from 1. */
  @Column({ type: 'integer', default: 1 })
  call: number;

  @Column({ type: 'text' })
  purpose: string;

  @Column({ type: 'text' })
  provider: string;

  @Column({ type: 'text' })
  model: string;

  @Column({ type: 'text' })
  outcome: string;

  @Column({ type: 'integer' })
  input_tokens: number;

  @Column({ type: 'integer' })
  output_tokens: number;

  @Column({ type: 'integer' })
  cached_input_tokens: number;

  @Column({ type: 'integer' })
  cache_write_input_tokens: number;

  @Column({ type: 'integer' })
  reasoning_tokens: number;

  @Column({ type: 'numeric', nullable: true })
  cost: string | null;

  /** By which prices the cost was made. */
  @Column({ type: 'text', nullable: true })
  price_version: string | null;

  @Column({ type: 'boolean' })
  estimated: boolean;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;
}

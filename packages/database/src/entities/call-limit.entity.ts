import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a provider allows for a model or a family of models, as it was set by API. Null: not limited. */
@Entity({ name: 'call_limits' })
export class CallLimitEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'call_limits_pkey' })
  provider: string;

  /** A name, or a pattern with `*` at its end. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'call_limits_pkey' })
  model: string;

  /** Short hash of one of the provider's keys; empty: each of them. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'call_limits_pkey', default: '' })
  account: string;

  @Column({ type: 'integer', nullable: true })
  rpm: number | null;

  @Column({ type: 'integer', nullable: true })
  tpm: number | null;

  @Column({ type: 'integer', nullable: true })
  input_tpm: number | null;

  @Column({ type: 'integer', nullable: true })
  output_tpm: number | null;

  @Column({ type: 'integer', nullable: true })
  rpd: number | null;

  @Column({ type: 'integer', nullable: true })
  max_concurrency: number | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated_at: Date;
}

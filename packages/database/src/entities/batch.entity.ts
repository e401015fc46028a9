import type { JsonObject } from '@troupe/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Requests to one model that a provider answers within a day. */
@Entity({ name: 'batches' })
export class BatchEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'batches_pkey' })
  id: string;

  @Column({ type: 'uuid' })
  tenant_id: string;

  /** Whose budgets count. */
  @Column({ type: 'uuid', nullable: true })
  api_key_id: string | null;

  @Column({ type: 'text' })
  model: string;

  @Column({ type: 'text', default: 'queued' })
  status: string;

  @Column({ type: 'jsonb', default: () => "'{}'" })
  metadata: JsonObject;

  @Column({ type: 'integer' })
  total: number;

  /** Items with a stored result, by what it is. */
  @Column({ type: 'integer', default: 0 })
  completed: number;

  @Column({ type: 'integer', default: 0 })
  failed: number;

  @Column({ type: 'integer', default: 0 })
  cancelled: number;

  @Column({ type: 'integer', default: 0 })
  expired: number;

  /** What the provider told of its progress. */
  @Column({ type: 'integer', default: 0 })
  told_completed: number;

  @Column({ type: 'integer', default: 0 })
  told_failed: number;

  /** Sums over the stored results. */
  @Column({ type: 'bigint', default: 0 })
  input_tokens: string;

  @Column({ type: 'bigint', default: 0 })
  output_tokens: string;

  @Column({ type: 'bigint', default: 0 })
  cached_input_tokens: string;

  @Column({ type: 'bigint', default: 0 })
  reasoning_tokens: string;

  @Column({ type: 'numeric', default: 0 })
  cost: string;

  /** Whether the price of any of it is not known. */
  @Column({ type: 'boolean', default: false })
  unpriced: boolean;

  @Column({ type: 'jsonb', nullable: true })
  error: JsonObject | null;

  /** The provider's key with which it was submitted, by its short hash. */
  @Column({ type: 'text', nullable: true })
  account: string | null;

  /** When it was about to be submitted last. */
  @Column({ type: 'timestamptz', nullable: true })
  intent_at: Date | null;

  @Column({ type: 'text', nullable: true })
  provider_batch_id: string | null;

  /** How often it was claimed: fences what a claim's holder writes. */
  @Column({ type: 'integer', default: 0 })
  attempt: number;

  /** Of the last claims, without a success in between. */
  @Column({ type: 'integer', default: 0 })
  failures: number;

  /** Claims in a row whose holder died. */
  @Column({ type: 'integer', default: 0 })
  lost_claims: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  due_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  lease_until: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  cancel_requested_at: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  submitted_at: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  ended_at: Date | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a request with an Idempotency-Key was answered, or, without a status, that somebody is at work on it. */
@Entity({ name: 'idempotent_answers' })
export class IdempotentAnswerEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'idempotent_answers_pkey' })
  tenant_id: string;

  /** Method and route. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'idempotent_answers_pkey' })
  endpoint: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'idempotent_answers_pkey' })
  key: string;

  @Column({ type: 'text' })
  request_hash: string;

  @Column({ type: 'integer', nullable: true })
  status: number | null;

  @Column({ type: 'text', nullable: true })
  location: string | null;

  /** JSON; null for an answer without a body. */
  @Column({ type: 'text', nullable: true })
  body: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  lease_until: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;
}

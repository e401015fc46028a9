import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which run answered a request that may be sent again. */
@Entity({ name: 'idempotency_keys' })
export class IdempotencyKeyEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  tenant_id: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  endpoint: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  key: string;

  @Column({ type: 'text' })
  request_hash: string;

  @Column({ type: 'uuid' })
  run_id: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;
}

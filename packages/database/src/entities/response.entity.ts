import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An answer of a model that later requests may refer to. */
@Entity({ name: 'responses' })
export class ResponseEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'responses_pkey' })
  tenant_id: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'responses_pkey' })
  id: string;

  /** The response that this one goes on from; null: it begins a conversation. */
  @Column({ type: 'uuid', nullable: true })
  previous_id: string | null;

  /** JSON: the items that were new. */
  @Column({ type: 'text' })
  input: string;

  /** JSON: as it was answered. */
  @Column({ type: 'text' })
  response: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;
}

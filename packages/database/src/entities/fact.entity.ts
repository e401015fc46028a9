import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Something remembered about a user across threads. */
@Entity({ name: 'facts' })
export class FactEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'facts_pkey' })
  id: string;

  @Column({ type: 'uuid' })
  tenant_id: string;

  @Column({ type: 'text' })
  user_id: string;

  @Column({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  value: string;

  @Column({ type: 'text', nullable: true })
  category: string | null;

  @Column({ type: 'uuid', nullable: true })
  source_message_id: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated_at: Date;
}

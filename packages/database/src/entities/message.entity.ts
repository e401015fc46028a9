import type { JsonValue } from '@troupe/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One entry of a thread. */
@Entity({ name: 'messages' })
export class MessageEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'messages_pkey' })
  id: string;

  @Column({ type: 'uuid' })
  tenant_id: string;

  @Column({ type: 'uuid' })
  thread_id: string;

  @Column({ type: 'uuid', nullable: true })
  parent_id: string | null;

  @Column({ type: 'text' })
  role: string;

  @Column({ type: 'jsonb' })
  content: JsonValue;

  @Column({ type: 'uuid', nullable: true })
  run_id: string | null;

  @Column({ type: 'text', nullable: true })
  agent: string | null;

  @Column({ type: 'text', nullable: true })
  model: string | null;

  /** The guardrail that changed it or replaced it by a marker, and why. */
  @Column({ type: 'jsonb', nullable: true })
  withheld: JsonValue | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;
}

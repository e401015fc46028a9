import type { JsonValue } from '@troupe/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One conversation. Its messages form a tree; `head_message_id` is the newest leaf. */
@Entity({ name: 'threads' })
export class ThreadEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'threads_pkey' })
  id: string;

  @Column({ type: 'uuid' })
  tenant_id: string;

  @Column({ type: 'text', nullable: true })
  user_id: string | null;

  @Column({ type: 'text', nullable: true })
  external_id: string | null;

  @Column({ type: 'text', nullable: true })
  agent: string | null;

  @Column({ type: 'text', nullable: true })
  title: string | null;

  @Column({ type: 'text', nullable: true })
  summary: string | null;

  @Column({ type: 'integer', default: 0 })
  summarized_count: number;

  @Column({ type: 'uuid', nullable: true })
  head_message_id: string | null;

  @Column({ type: 'integer', default: 0 })
  message_count: number;

  /** The run that works on the thread: queued, running or waiting, and not blocked. */
  @Column({ type: 'uuid', nullable: true })
  active_run_id: string | null;

  /** Number of runs that wait for the thread. */
  @Column({ type: 'integer', default: 0 })
  waiting_runs: number;

  /** The number that the last run which had to wait was given. */
  @Column({ type: 'integer', default: 0 })
  last_place: number;

  /** What agents that took over are shown of what came before: by slug, where it is not everything. */
  @Column({ type: 'jsonb', default: {} })
  handoffs: JsonValue;

  /** It begins with what a run told it that had read words of strangers. */
  @Column({ type: 'boolean', default: false })
  untrusted: boolean;

  /** By slug, the policy for untrusted content of agents that took over and have none of their own. */
  @Column({ type: 'jsonb', default: {} })
  untrusted_policies: JsonValue;

  /** The run whose call of an agent is worked on here; such threads are in no list. */
  @Column({ type: 'uuid', nullable: true })
  parent_run_id: string | null;

  @Column({ type: 'jsonb', default: {} })
  metadata: JsonValue;

  @Column({ type: 'timestamptz', nullable: true })
  archived_at: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated_at: Date;
}

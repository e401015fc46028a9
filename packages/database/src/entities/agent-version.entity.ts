import type { JsonValue } from '@troupe/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One immutable version of an agent. A run pins one. */
@Entity({ name: 'agent_versions' })
export class AgentVersionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'agent_versions_pkey' })
  agent_id: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'agent_versions_pkey' })
  version: number;

  @Column({ type: 'uuid' })
  tenant_id: string;

  @Column({ type: 'jsonb' })
  configuration: JsonValue;

  @Column({ type: 'integer' })
  history_limit: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;
}

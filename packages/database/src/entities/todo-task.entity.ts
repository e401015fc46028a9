import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A task of one user, kept by the todo tools. */
@Entity({ name: 'todo_tasks' })
export class TodoTaskEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'todo_tasks_pkey' })
  tenant_id: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'todo_tasks_pkey' })
  user_id: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'todo_tasks_pkey' })
  number: number;

  @Column({ type: 'text' })
  title: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'text' })
  idempotency_key: string;

  @Column({ type: 'timestamptz', nullable: true })
  completed_at: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What calls of somebody may cost in a period. Amounts are US dollars. */
@Entity({ name: 'budgets' })
export class BudgetEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'budgets_pkey' })
  id: string;

  @Column({ type: 'uuid' })
  tenant_id: string;

  @Column({ type: 'text' })
  scope: string;

  /** Null for the whole tenant. */
  @Column({ type: 'text', nullable: true })
  subject: string | null;

  @Column({ type: 'text' })
  period: string;

  @Column({ type: 'numeric' })
  limit_usd: string;

  /** What becomes of a call whose price nobody knows. */
  @Column({ type: 'text', default: 'allow' })
  unpriced: string;

  /** The sum of its reservations. */
  @Column({ type: 'numeric', default: 0 })
  reserved: string;

  /** What calls cost that were settled since `period_start`. */
  @Column({ type: 'numeric', default: 0 })
  spent: string;

  /** Of the period in which the row was last written to; that may be over by now. */
  @Column({ type: 'timestamptz' })
  period_start: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updated_at: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a call that is under way may cost at most, held back from a budget until the call is settled. */
@Entity({ name: 'budget_reservations' })
export class BudgetReservationEntity {
  /** That of the call's ledger row. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'budget_reservations_pkey' })
  call_id: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'budget_reservations_pkey' })
  budget_id: string;

  @Column({ type: 'numeric' })
  amount: string;

  /** Nobody settled it until then: its worker died. */
  @Column({ type: 'timestamptz' })
  expires_at: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An owner of data. */
@Entity({ name: 'tenants' })
export class TenantEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'tenants_pkey' })
  id: string;

  @Column({ type: 'text' })
  slug: string;

  @Column({ type: 'text' })
  name: string;

  /** Share of the limits, compared with other tenants. */
  @Column({ type: 'real', default: 1 })
  weight: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;
}

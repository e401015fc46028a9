import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An end user, under the application's own id. */
@Entity({ name: 'users' })
export class UserEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'users_pkey' })
  tenant_id: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'users_pkey' })
  id: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  created_at: Date;
}

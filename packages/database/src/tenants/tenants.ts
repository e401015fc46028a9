import { type Tenant, type TenantChanges, TroupeError } from '@troupe/contracts';
import type { Queryable } from '../database.js';

interface TenantRow extends Omit<Tenant, 'created_at'> {
  created_at: Date;
}

/** As text and back, so that a weight of 0.1 is not told as 0.10000000149. */
const COLUMNS = 'id, slug, name, weight::text::float8 AS weight, created_at';

const LIST_TENANTS = {
  name: 'list-tenants',
  text: `SELECT ${COLUMNS} FROM tenants WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
};
const READ_TENANT = { name: 'read-tenant', text: `SELECT ${COLUMNS} FROM tenants WHERE id = $1` };
const CHANGE_TENANT = {
  name: 'change-tenant',
  text: `UPDATE tenants SET weight = $2 WHERE id = $1 RETURNING ${COLUMNS}`,
};

/** Newest first. */
export async function listTenants(
  database: Queryable,
  page: { before: string | null; limit: number },
): Promise<Tenant[]> {
  return (await database.query<TenantRow>(LIST_TENANTS, [page.before, page.limit])).map(tenantFromRow);
}

/** @throws TroupeError `tenant_not_found` */
export async function readTenant(database: Queryable, id: string): Promise<Tenant> {
  const [row] = await database.query<TenantRow>(READ_TENANT, [id]);
  return foundTenant(row, id);
}

/** @throws TroupeError `tenant_not_found` */
export async function changeTenant(database: Queryable, id: string, { weight }: TenantChanges): Promise<Tenant> {
  const [row] = await database.query<TenantRow>(CHANGE_TENANT, [id, weight]);
  return foundTenant(row, id);
}

function foundTenant(row: TenantRow | undefined, id: string): Tenant {
  if (!row) throw new TroupeError({ code: 'tenant_not_found', fault: 'caller', message: `There is no tenant ${id}.` });
  return tenantFromRow(row);
}

function tenantFromRow(row: TenantRow): Tenant {
  return { ...row, created_at: row.created_at.toISOString() };
}

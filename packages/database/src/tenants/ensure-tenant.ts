import { newId } from '@troupe/contracts';
import type { Queryable } from '../database.js';

const ENSURE_TENANT = {
  name: 'ensure-tenant',
  text: `WITH made AS (
      INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2) ON CONFLICT ON CONSTRAINT tenants_slug DO NOTHING
      RETURNING id
    )
    SELECT id FROM made UNION ALL SELECT id FROM tenants WHERE slug = $2 LIMIT 1`,
};

/** The id of the tenant of that slug, which is made when missing. */
export async function ensureTenant(database: Queryable, slug: string): Promise<string> {
  for (;;) {
    const [row] = await database.query<{ id: string }>(ENSURE_TENANT, [newId(), slug]);
    // No row: another process made it after this statement began, so the next look finds it.
    if (row) return row.id;
  }
}

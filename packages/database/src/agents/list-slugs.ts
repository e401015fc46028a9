import type { Queryable } from '../database.js';

const LIST_SLUGS = {
  name: 'list-slugs',
  text: 'SELECT slug FROM agents WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY slug',
};

/** Slugs of all agents of a tenant. */
export async function listSlugs(database: Queryable, tenantId: string): Promise<string[]> {
  return (await database.query<{ slug: string }>(LIST_SLUGS, [tenantId])).map(({ slug }) => slug);
}

import type { Tenant } from '@troupe/contracts';
import type { TroupeClient } from '../../troupe-client.js';
import type { CommandContext } from '../command-context.js';
import { everyItem } from '../every-item.js';
import { formatTable } from '../format-table.js';
import { UsageError } from '../usage-error.js';

export interface SetTenantOptions {
  weight?: number;
  json?: boolean;
}

/** `troupe tenants`: who shares the installation, and in what proportion. Returns the exit code. */
export async function tenants({ client, screen }: CommandContext, options: { json?: boolean }): Promise<number> {
  const all = await listAll(client);
  if (options.json) {
    screen.line(JSON.stringify(all));
    return 0;
  }
  const rows = all.map(({ slug, name, weight, id }) => [slug, name, String(weight), id]);
  for (const line of formatTable([['TENANT', 'NAME', 'WEIGHT', 'ID'], ...rows])) screen.line(line);
  return 0;
}

/** `troupe tenants set <tenant> --weight 2`. Returns the exit code. */
export async function setTenant(
  { client, screen }: CommandContext,
  { weight, json }: SetTenantOptions,
  name: string,
): Promise<number> {
  if (weight === undefined) throw new UsageError('There is nothing to set. Give --weight.');
  const all = await listAll(client);
  const found = all.find(({ id, slug }) => id === name || slug === name);
  if (!found) {
    throw new UsageError(`There is no tenant ${name}. There are ${all.map(({ slug }) => slug).join(', ')}.`);
  }
  const tenant = await client.tenants.update(found.id, { weight });
  screen.line(json ? JSON.stringify(tenant) : `${tenant.slug}: weight ${tenant.weight}`);
  return 0;
}

function listAll(client: TroupeClient): Promise<Tenant[]> {
  return everyItem((cursor) => client.tenants.list(cursor === undefined ? {} : { cursor }));
}

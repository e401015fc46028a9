import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { AGENT_SETTINGS, roleOf } from '../load/agents.js';
import type { AgentName } from '../load/case-plan.js';
import type { Stack } from './stack.js';

/** A tenant of the load, with its key and the agents of the load. */
export interface LoadTenant {
  id: string;
  apiKey: string;
}

/** Makes tenants with a key each. No route makes a tenant, so the rows are written; the agents come over HTTP. */
export async function makeTenants(stack: Stack, count: number): Promise<LoadTenant[]> {
  const { rows } = await stack.sql.query<{ id: string }>("SELECT id FROM tenants WHERE slug = 'default'");
  const tenants: LoadTenant[] = [{ id: rows[0]?.id ?? '', apiKey: stack.apiKey }];
  while (tenants.length < count) {
    const id = randomUUID();
    const apiKey = `faults_${randomBytes(24).toString('base64url')}`;
    const hash = createHash('sha256').update(apiKey).digest('hex');
    const slug = `tenant-${tenants.length + 1}`;
    await stack.sql.query('INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)', [id, slug]);
    await stack.sql.query(
      "INSERT INTO api_keys (id, tenant_id, name, prefix, hash, role) VALUES ($1, $2, 'load', 'faults_', $3, 'admin')",
      [randomUUID(), id, hash],
    );
    tenants.push({ id, apiKey });
  }
  for (const { apiKey } of tenants) {
    for (const [slug, settings] of AGENT_SETTINGS) await makeAgent(stack, apiKey, slug, settings);
  }
  return tenants;
}

async function makeAgent(stack: Stack, apiKey: string, slug: AgentName, settings: object): Promise<void> {
  const answer = await fetch(`${stack.urls[0]}/api/agents`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({
      name: slug,
      slug,
      definition: { role: roleOf(slug), goal: 'Say what was asked for.' },
      ...settings,
      // More than any case has, so that the message of the case is always in what the model reads.
      memory: { type: 'last_n', n: 60 },
      max_turns: 10,
    }),
  });
  if (!answer.ok) throw new Error(`the agent ${slug} could not be made: ${answer.status} ${await answer.text()}`);
}

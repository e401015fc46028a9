import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Stack } from './stack.js';

/** A tenant of the load, with its key and the agent that has the tools. */
export interface LoadTenant {
  id: string;
  apiKey: string;
}

/** The slug of the agent that every tenant has. */
export const AGENT = 'fault-agent';

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
  for (const { apiKey } of tenants) await makeAgent(stack, apiKey);
  return tenants;
}

async function makeAgent(stack: Stack, apiKey: string): Promise<void> {
  const answer = await fetch(`${stack.urls[0]}/api/agents`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({
      name: 'Fault agent',
      slug: AGENT,
      definition: { role: 'A witness', goal: 'Say what was asked for.' },
      tools: ['lookup', 'reserve', 'charge'],
      // More than any case has, so that the message of the case is always in what the model reads.
      memory: { type: 'last_n', n: 60 },
      max_turns: 10,
    }),
  });
  if (!answer.ok) throw new Error(`the agent could not be made: ${answer.status} ${await answer.text()}`);
}

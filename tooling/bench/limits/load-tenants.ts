import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { saysTokens } from './limited-provider.js';
import type { LimitsStand } from './limits-stand.js';

/** A tenant with a key and an agent. */
export interface LoadTenant {
  id: string;
  name: string;
  apiKey: string;
}

const AGENT = 'narrator';

/** No route makes a tenant, so its rows are written; the agent comes over HTTP. */
export async function makeTenant({ sql, server, maxTokens }: LimitsStand, name: string): Promise<LoadTenant> {
  const id = randomUUID();
  const apiKey = `bench_${randomBytes(24).toString('base64url')}`;
  const hash = createHash('sha256').update(apiKey).digest('hex');
  await sql.query('INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)', [id, name]);
  await sql.query(
    "INSERT INTO api_keys (id, tenant_id, name, prefix, hash, role) VALUES ($1, $2, 'load', 'bench_', $3, 'admin')",
    [randomUUID(), id, hash],
  );
  const tenant = { id, name, apiKey };
  await post(server.url, tenant, 'agents', {
    name: 'Narrator',
    slug: AGENT,
    definition: { role: 'Narrator', goal: 'Tell.' },
    ...(maxTokens !== undefined && { model_settings: { max_tokens: maxTokens } }),
  });
  return tenant;
}

export interface LoadRun {
  tenant: LoadTenant;
  /** Of the answer. */
  tokens: number;
  /** Told once its thread is there, right before the run is asked for. */
  onSend?: () => void;
  background: boolean;
}

/** Asks for one run: answered when it is accepted, or when it has ended where it is no background run. */
export async function startRun(url: string, { tenant, tokens, onSend, background }: LoadRun): Promise<void> {
  // With a title, so that none is written: every call that the provider counts is a run's.
  const thread = await post<{ id: string }>(url, tenant, 'threads', { title: 'A story' });
  onSend?.();
  const message = `${tenant.name}: a story ${saysTokens(tokens)}`;
  await post(url, tenant, 'llm/interact', { message, persona_id: AGENT, thread_id: thread.id, background });
}

async function post<T>(url: string, { apiKey }: LoadTenant, path: string, body: object): Promise<T> {
  const answer = await fetch(`${url}/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

import type { Approval } from '@troupe/contracts';
import { answer, callTools, type ScriptedTurn } from '@troupe/testing';
import type { GatewayHarness } from '../gateway.test-harness.js';
import { conversationIdOf, responseIdOf } from '../openai/responses/response-ids.js';

/** What a tenant has: ids under the names that paths, queries and bodies give them. */
export type OneOfEach = Record<(typeof KINDS)[number], string[]>;

const KINDS = [
  'agent',
  'approval_id',
  'batch_id',
  'budget_id',
  'chat_id',
  'conversation_id',
  'job_id',
  'key',
  'response_id',
  'run_id',
  'thread_id',
  'user_id',
] as const;

/** Addresses that show all of it. */
export function addressesOf(known: OneOfEach): string[] {
  const each = (ids: string[], path: (id: string) => string) => ids.map(path);
  return [
    ...each(known.agent, (id) => `/api/agents/${id}`),
    ...each(known.agent, (id) => `/api/agents/${id}/versions`),
    ...each(known.approval_id, (id) => `/api/approvals/${id}`),
    ...each(known.batch_id, (id) => `/api/llm/batches/${id}`),
    ...each(known.budget_id, (id) => `/api/budgets/${id}`),
    ...each(known.thread_id, (id) => `/api/threads/${id}`),
    ...each(known.thread_id, (id) => `/api/threads/${id}/messages`),
    ...each(known.run_id, (id) => `/api/runs/${id}`),
    ...each(known.user_id, (id) => `/api/users/${id}/facts`),
  ];
}

/** A model that asks people where it can, and otherwise has an answer to everything. */
export function talkative(): ScriptedTurn {
  return {
    type: 'reply',
    reply: ({ tools, messages }) =>
      tools?.some(({ name }) => name === 'ask_user') && messages.at(-1)?.role === 'user'
        ? callTools([{ name: 'ask_user', arguments: { question: 'How many?' } }])
        : answer('{"answer": "Hi."}'),
  };
}

/**
 * Makes one of everything that a tenant can have, each with a text in it by which it is recognized; `prefix` begins the
 * names that others may know. The model of the harness has to be talkative.
 */
export async function makeOneOfEach(
  { call }: GatewayHarness,
  { key, prefix, text }: { key: string; prefix: string; text: string },
): Promise<OneOfEach> {
  const made = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await call(method, path, { key, ...(body !== undefined && { body }) });
    const content = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${content}`);
    return JSON.parse(content) as T;
  };
  const agent = async (tools: string[]) => {
    const body = { name: text, slug: `${prefix}-${tools.length}`, definition: { role: `You are ${text}.` }, tools };
    return (await made<{ slug: string }>('POST', '/api/agents', body)).slug;
  };
  const [companion, asker] = [await agent([]), await agent(['ask_user'])];
  const user = `${prefix}-user`;
  const ask = (persona_id: string) =>
    made<{ run_id: string; thread_id: string; approvals?: Approval[] }>('POST', '/api/llm/interact', {
      message: text,
      user_id: user,
      persona_id,
    });
  const [ended, waiting] = [await ask(companion), await ask(asker)];
  const thread = await made<{ id: string }>('POST', '/api/threads', {
    title: text,
    user_id: user,
    external_id: prefix,
    metadata: { text },
  });
  const batch = await made<{ id: string }>('POST', '/api/llm/batches', { items: [{ custom_id: text, message: text }] });
  const budget = await made<{ id: string }>('POST', '/api/budgets', {
    scope: 'user',
    subject: user,
    period: 'day',
    limit_usd: 5,
  });
  await made('PUT', `/api/users/${user}/facts/diet`, { value: text });
  const threads = [ended.thread_id, waiting.thread_id, thread.id];
  return {
    agent: [companion, asker],
    approval_id: waiting.approvals?.map(({ id }) => id) ?? [],
    batch_id: [batch.id],
    budget_id: [budget.id],
    chat_id: threads,
    conversation_id: threads.map(conversationIdOf),
    job_id: [ended.run_id, waiting.run_id],
    key: ['diet'],
    response_id: [ended.run_id, waiting.run_id].map(responseIdOf),
    run_id: [ended.run_id, waiting.run_id],
    thread_id: threads,
    user_id: [user],
  };
}

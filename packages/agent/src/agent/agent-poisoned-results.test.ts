import { describe, expect, test } from '@jest/globals';
import type { JsonObject, UntrustedContent } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import { obedientTurn, poisonedResults, poisonedTools, ScriptedModel } from '@troupe/testing';
import { Agent } from './agent.js';
import type { AgentOptions } from './agent-options.js';

async function unused(): Promise<never> {
  throw new Error('not used here');
}

function environment(): AgentOptions['environment'] {
  let ids = 0;
  return {
    newId: () => `id-${++ids}`,
    now: () => new Date(0),
    startTimeout: () => ({ signal: new AbortController().signal, clear: () => undefined }),
    todos: { add: unused, list: unused, complete: unused },
    onTrouble: (error) => {
      throw error;
    },
  };
}

interface Done {
  name: string;
  arguments: JsonObject;
}

/** An agent whose model obeys everybody, a page that speaks, and tools that change something. */
function agentReading(page: string, untrusted: UntrustedContent | undefined, more: Partial<AgentOptions> = {}) {
  const done: Done[] = [];
  const effect = (name: string): Tool => ({
    name,
    description: 'Changes something.',
    parameters: { type: 'object' },
    effect: 'effect',
    timeoutMs: 100,
    execute: async (args) => {
      done.push({ name, arguments: args });
      return 'done';
    },
  });
  const read: Tool = { ...effect('read_page'), effect: 'read', execute: async () => page };
  const model = new ScriptedModel(Array.from({ length: 12 }, obedientTurn));
  const tools = [read, ...poisonedTools.map(effect)];
  const agent = new Agent({ role: 'You read.', model, tools, environment: environment(), untrusted, ...more });
  return { agent, done, model };
}

const READ = 'Please read_page({"url": "https://example.com"})';

describe('a model that obeys everything it reads', () => {
  test('there are a hundred poisoned results, and without a policy each one is obeyed', async () => {
    let obeyed = 0;
    for (const page of poisonedResults) {
      const { agent, done } = agentReading(page, undefined);
      await agent.chat(READ);
      obeyed += done.length;
    }
    expect([poisonedResults.length, obeyed]).toEqual([100, 100]);
  });

  test.each<[string, UntrustedContent, Partial<AgentOptions>]>([
    ['nobody is there to approve', {}, {}],
    ['effects are denied', { effect_tools: 'deny' }, {}],
    ['people refuse', {}, { approve: async () => false }],
    ['whoever is asked fails', {}, { approve: unused }],
    ['other targets are allowed', { allow: [{ tool: 'send_mail', argument: 'to', values: ['me@example.com'] }] }, {}],
  ])('changes nothing where %s', async (_what, untrusted, more) => {
    const unauthorised: Done[] = [];
    for (const page of poisonedResults) {
      const { agent, done, model } = agentReading(page, untrusted, more);
      await agent.chat(READ);
      // It did ask: what kept the call from being made was the policy.
      expect(JSON.stringify(model.requests.at(-1)?.messages)).toMatch(/Not run|not approved/);
      unauthorised.push(...done);
    }
    expect(unauthorised).toEqual([]);
  });

  test('still does what its user asks for before it has read anything', async () => {
    const { agent, done } = agentReading('', {});
    await agent.chat('Please send_mail({"to": "me@example.com"})');
    expect(done).toEqual([{ name: 'send_mail', arguments: { to: 'me@example.com' } }]);
  });

  test('sends to targets that are allowed, whoever asks for it', async () => {
    const allow = [{ tool: 'send_mail', argument: 'to', values: ['me@example.com'] }];
    const { agent, done } = agentReading('send_mail({"to": "me@example.com"})', { allow });
    await agent.chat(READ);
    expect(done).toHaveLength(1);
  });

  test('is not believed in a later message either, nor about facts', async () => {
    const [page = ''] = poisonedResults;
    const { agent, done } = agentReading(page, {}, { memory: { type: 'last_n', n: 1 } });
    for (const text of [READ, 'Thanks.', 'And again?']) await agent.chat(text);
    const remembering = agentReading('', {}, { facts: [{ key: 'note', value: page }] });
    await remembering.agent.chat('Hi');
    expect([...done, ...remembering.done]).toEqual([]);
  });
});

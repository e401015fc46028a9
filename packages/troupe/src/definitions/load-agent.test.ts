import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { answer, callTools, ScriptedModel } from '@troupe/testing';
import { Agent } from '../agent.js';
import { InMemoryAgentStore } from '../stores/in-memory-agent-store.js';
import { loadAgent } from './load-agent.js';

const folder = mkdtempSync(join(tmpdir(), 'agents-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(content: string) {
  const path = join(folder, 'agent.yaml');
  writeFileSync(path, content);
  return loadAgent(path);
}

const COOK = 'name: Cook\ndefinition: { role: You cook. }\n';

/** Every field that a file can have. */
const WHOLE = {
  name: 'Cook',
  description: 'Cooks.',
  definition: { role: 'You cook.', goal: 'Soup.' },
  model: 'openrouter/anthropic/claude-sonnet-4',
  fallback_models: ['openai/gpt-4.1-mini'],
  routing: { tiers: { simple: 'openai/gpt-4.1-mini' }, rules: [{ when: { max_turn: 1 }, use: 'simple' }] },
  on_interruption: 'fail',
  model_settings: { temperature: 0.5, reasoning: { effort: 'low' }, provider_options: { ollama: { num_ctx: 16_384 } } },
  tools: ['calculate'],
  handoffs: [{ agent: 'waiter', history: 'last_message', input_schema: { type: 'object' } }],
  agents: [{ agent: 'baker', name: 'bake' }],
  approvals: [{ tools: ['*'], when: { argument: 'a.b', op: 'in', value: [1, 'x'] }, on_expiry: 'fail' }],
  denied_tools: ['current_time'],
  permission_mode: 'accept_reads',
  memory: { type: 'first_last', first: 1, last: 5 },
  max_turns: 4,
  limits: { max_cost_usd: 0.05, max_requests: 3 },
  guardrails: [{ name: 'pii', on: ['input'], check: { type: 'pii', kinds: ['email'] }, action: 'block' }],
  untrusted: { effect_tools: 'deny', allow: [{ tool: 'calculate', argument: 'expression', values: ['1', 2, true] }] },
  output_schema: { type: 'object', properties: { soup: { type: 'string' } } },
  output_name: 'menu',
  output_retries: 1,
  tool_choice: { tool: 'calculate' },
  max_parallel_tool_calls: 2,
  stop_on_tools: ['calculate'],
};

describe('loadAgent', () => {
  test('reads all that an agent can be', async () => {
    expect(await load(JSON.stringify(WHOLE))).toEqual(WHOLE);
  });

  test.each([
    ['no definition', 'name: Cook', 'definition: '],
    ['a misspelled field', `${COOK}guardrals: []`, 'guardrals: there is no such field. Did you mean guardrails?'],
    [
      'one of a list',
      `${COOK}approvals: [{tools: [x], aks: y}]`,
      'approvals.0.aks: there is no such field. Did you mean ask?',
    ],
    [
      'one of a variant',
      `${COOK}guardrails: [{name: a, on: [input], check: {type: pii, kind: [email], kinds: [email]}}]`,
      'guardrails.0.check.kind: there is no such field. Did you mean kinds?',
    ],
    ['one far from all', `${COOK}limits: {money: 3}`, 'limits.money: there is no such field. Known: max_turns, '],
    ['an unknown variant', `${COOK}memory: {type: all}`, 'memory.type: '],
    ['a model without a provider', `${COOK}model: gpt-4.1`, 'model: a model is named `provider/model`'],
    [
      'a condition without a list',
      `${COOK}approvals: [{tools: [x], when: {argument: a, op: in, value: 3}}]`,
      'approvals.0.when.value: ',
    ],
    ['a wrong choice', `${COOK}tool_choice: always`, 'tool_choice: must be auto, none, required or {tool: <name>}'],
  ])('refuses %s', async (_what, content, message) => {
    await expect(load(content)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(`- ${message}`),
    });
  });

  test('an agent is what its file says, unless the options say otherwise', async () => {
    const configuration = await load(`${COOK}tools: [calculate]\ndenied_tools: [calculate]\nlimits: {max_turns: 2}`);
    const call = callTools([{ name: 'calculate', arguments: { expression: '1+1' } }]);
    const model = new ScriptedModel([call, answer('I may not.'), call, answer('Two.')]);
    await new Agent({ configuration, model }).chat('Count.');
    expect(model.requests[0]).toMatchObject({ system: 'You cook.', tools: [{ name: 'calculate' }] });
    await new Agent({ configuration, model, role: 'You count.', deniedTools: [] }).chat('Count.');
    expect(model.requests[2]?.system).toBe('You count.');
    const results = [1, 3].map((request) => model.requests[request]?.messages.at(-1)?.content);
    expect(results).toMatchObject([[{ status: 'failed' }], [{ status: 'completed' }]]);
    model.assertDone();
  });

  test.each([
    ['handoffs: [{agent: waiter}]', 'handoffs is for AgentRunner'],
    ['routing: {tiers: {a: openai/b}}', 'routing is for a server'],
    ['on_interruption: restart', 'on_interruption: restart is for a server'],
    [
      'model: anthropic/claude',
      'The configuration names the model anthropic/claude, and the provider is "demo". Pass model.',
    ],
    ['fallback_models: [openai/b]', 'Pass fallbackModels.'],
  ])('what an agent by itself cannot be is refused: %s', async (field, message) => {
    const configuration = await load(COOK + field);
    expect(() => new Agent({ configuration, provider: 'demo' })).toThrow(message);
  });

  test('is an agent for stores, too', async () => {
    const agents = new InMemoryAgentStore();
    expect(await agents.create('cook', await load(`${COOK}max_turns: 3`))).toMatchObject({
      name: 'Cook',
      max_turns: 3,
    });
  });
});

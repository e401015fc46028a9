import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Agent } from '@troupe/contracts';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

interface Problem {
  code: string;
  errors?: { field: string; message: string }[];
}

const PLANNER = { name: 'Planner', definition: { role: 'You plan.' }, tools: ['calculate'] };

let gateway: GatewayHarness;
beforeAll(async () => {
  gateway = await startGatewayForTest();
}, 60_000);
afterAll(() => gateway?.stop());

async function json<Body>(method: string, path: string, body?: unknown): Promise<[number, Body]> {
  const response = await gateway.call(method, path, { body });
  return [response.status, (await response.json()) as Body];
}

const guarded = (guardrail: object) => ({
  ...PLANNER,
  guardrails: [{ name: 'one', on: ['input'], check: { type: 'injection' }, ...guardrail }],
});
const trusting = (untrusted: object) => ({ ...PLANNER, untrusted });

describe('agents with guardrails', () => {
  test('are stored and shown with every field, and changed like any other', async () => {
    const whole = {
      ...PLANNER,
      slug: 'guarded',
      guardrails: [
        { name: 'injection', on: ['input', 'tool_output'], check: { type: 'injection' }, message: 'No.' },
        {
          name: 'words',
          on: ['output'],
          check: { type: 'patterns', patterns: ['a+'], case_sensitive: true },
          action: 'retry',
        },
        { name: 'people', on: ['output'], check: { type: 'pii', kinds: ['email', 'iban'] }, action: 'redact' },
        { name: 'length', on: ['tool_input'], check: { type: 'max_length', characters: 10 }, tools: ['calculate'] },
        {
          name: 'homework',
          on: ['input'],
          check: { type: 'judge', instructions: 'Homework.', model: 'scripted/model' },
          mode: 'blocking',
          on_failure: 'allow',
        },
      ],
      untrusted: {
        effect_tools: 'deny',
        allow: [{ tool: 'calculate', argument: 'expression', values: ['1', 2, true] }],
        trusted_tools: ['calculate'],
        facts: false,
      },
    };
    const [status, agent] = await json<Agent>('POST', '/api/agents', whole);
    expect([status, agent]).toEqual([201, expect.objectContaining(whole)]);
    const [, changed] = await json<Agent>('PATCH', '/api/agents/guarded', { guardrails: null, untrusted: null });
    expect(changed).not.toHaveProperty('guardrails');
    expect(changed).not.toHaveProperty('untrusted');
  });

  test.each([
    ['an unknown check', guarded({ check: { type: 'injections' } }), 'guardrails.0.check.type', 'injection'],
    ['an unknown place', guarded({ on: ['everywhere'] }), 'guardrails.0.on', 'tool_output'],
    ['no place', guarded({ on: [] }), 'guardrails.0.on', '1'],
    ['a misspelt field', guarded({ onfailure: 'allow' }), 'guardrails.0.onfailure', 'Did you mean on_failure?'],
    [
      'a field of another check',
      guarded({ check: { type: 'injection', kinds: [] } }),
      'guardrails.0.check.kinds',
      'not a known',
    ],
    ['an unknown kind', guarded({ check: { type: 'pii', kinds: ['shoe_size'] } }), 'guardrails.0.check.kinds', 'email'],
    [
      'a judge without words',
      guarded({ check: { type: 'judge', instructions: ' ' } }),
      'guardrails.0.check.instructions',
      'empty',
    ],
    ['a function', guarded({ check: 'return true' }), 'guardrails.0.check', 'object'],
    [
      'a pattern that looks back',
      guarded({ check: { type: 'patterns', patterns: ['(?<=a)b'] } }),
      'guardrails.0.check.patterns.0',
      'RE2',
    ],
    ['an action that the check cannot do', guarded({ action: 'rewrite' }), 'guardrails.0.action', 'can block'],
    [
      'values that are none',
      trusting({ allow: [{ tool: 'calculate', argument: 'a', values: [{}] }] }),
      'untrusted.allow.0.values',
      'texts',
    ],
    [
      'values of no argument',
      trusting({ allow: [{ tool: 'calculate', values: ['a'] }] }),
      'untrusted.allow.0.argument',
      'together',
    ],
  ])('%s is refused', async (_what, body, field, text) => {
    const [status, problem] = await json<Problem>('POST', '/api/agents', body);
    expect([status, problem.code]).toEqual([400, 'invalid_request']);
    expect(problem.errors?.find((error) => error.field === field)?.message).toContain(text);
  });

  test.each([
    [
      'tool',
      guarded({ on: ['tool_input'], tools: ['calculat'] }),
      'tool_not_found',
      'guardrails.0.tools.0',
      'Did you mean calculate?',
    ],
    [
      'tool that is trusted',
      trusting({ trusted_tools: ['calculat'] }),
      'tool_not_found',
      'untrusted.trusted_tools.0',
      'calculate',
    ],
    [
      'model of a judge',
      guarded({ check: { type: 'judge', instructions: 'x', model: 'scripted/other' } }),
      'model_not_found',
      'guardrails.0.check.model',
      'scripted/other',
    ],
  ])('an unknown %s is refused', async (_what, body, code, field, text) => {
    const [status, problem] = await json<Problem>('POST', '/api/agents', body);
    expect([status, problem.code]).toEqual([422, code]);
    expect(problem.errors?.find((error) => error.field === field)?.message).toContain(text);
  });
});

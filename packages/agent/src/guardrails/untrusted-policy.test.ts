import { describe, expect, test } from '@jest/globals';
import type { UntrustedContent } from '@troupe/contracts';
import type { HistoryMessage } from '../history/history-message.js';
import { type UntrustedContext, untrustedPolicy } from './untrusted-policy.js';

const send = { name: 'send', effect: 'effect' as const };
const call = { tool: send, arguments: { to: 'me@example.com', copies: 2 } };
const tools = new Map([['sum', { trusted: true }]]);
const answered = (name: string): HistoryMessage[] => [
  { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
  { role: 'tool', content: [{ type: 'tool_result', tool_call_id: 'a', name, status: 'completed', content: 'x' }] },
];

function decide(untrusted: UntrustedContent | undefined, changes: Partial<UntrustedContext> = {}) {
  return untrustedPolicy(call, { untrusted, history: answered('page'), tools, ...changes });
}

describe('untrustedPolicy', () => {
  test('changes nothing for an agent that has none', () => {
    expect(decide(undefined)).toBe('run');
  });

  test('asks for approval once text of strangers was read, unless told otherwise', () => {
    expect(decide({})).toBe('approval');
    expect(decide({ effect_tools: 'deny' })).toBe('deny');
    expect(decide({ effect_tools: 'allow' })).toBe('run');
  });

  test.each<[string, Partial<UntrustedContext>]>([
    ['a fact', { history: [], facts: [{}] }],
    ['a result that is not loaded any more', { history: [], answeredTools: ['page'] }],
    ['a result that failed', { history: answered('gone') }],
  ])('%s is untrusted too', (_what, changes) => {
    expect(decide({}, changes)).toBe('approval');
  });

  test.each<[string, UntrustedContent, Partial<UntrustedContext>]>([
    ['nothing but what the user said', {}, { history: [] }],
    ['a tool that is trusted', {}, { history: answered('sum'), answeredTools: ['sum'] }],
    ['a tool that the operator trusts', { trusted_tools: ['page'] }, {}],
    ['facts that are the operator’s own', { facts: false }, { history: [], facts: [{}] }],
    ['a handoff', {}, { history: [], answeredTools: ['transfer_to_ada'] }],
  ])('%s changes nothing', (_what, untrusted, changes) => {
    expect(decide(untrusted, changes)).toBe('run');
  });

  test('tools that change nothing run', () => {
    const context = { untrusted: {}, history: answered('page'), tools };
    for (const effect of ['read', 'idempotent'] as const) {
      expect(untrustedPolicy({ ...call, tool: { name: 'send', effect } }, context)).toBe('run');
    }
  });

  test.each<[string, UntrustedContent['allow'], string]>([
    ['the tool as a whole', [{ tool: 'send' }], 'run'],
    ['its target', [{ tool: 'send', argument: 'to', values: ['x', 'me@example.com'] }], 'run'],
    ['a number', [{ tool: 'send', argument: 'copies', values: [2] }], 'run'],
    ['another target', [{ tool: 'send', argument: 'to', values: ['you@example.com'] }], 'approval'],
    ['the target in other letters', [{ tool: 'send', argument: 'to', values: ['ME@example.com'] }], 'approval'],
    ['a number as a text', [{ tool: 'send', argument: 'copies', values: ['2'] }], 'approval'],
    ['an argument that is not there', [{ tool: 'send', argument: 'toString', values: ['x'] }], 'approval'],
    ['another tool', [{ tool: 'post' }], 'approval'],
  ])('where %s is allowed: %3$s', (_what, allow, decision) => {
    expect(decide({ allow })).toBe(decision);
  });
});

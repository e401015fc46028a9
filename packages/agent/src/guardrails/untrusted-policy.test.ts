import { describe, expect, test } from '@jest/globals';
import type { UntrustedContent } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import type { HistoryMessage } from '../history/history-message.js';
import { type UntrustedContext, untrustedPolicy } from './untrusted-policy.js';

const send = { name: 'send', effect: 'effect' as const };
const call = { tool: send, arguments: { to: 'me@example.com', copies: 2 } };
const tools = new Map([['sum', { trusted: true }]]);
const answered = (name: string, untrusted?: boolean): HistoryMessage[] => [
  { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
  {
    role: 'tool',
    content: [{ type: 'tool_result', tool_call_id: 'a', name, status: 'completed', content: 'x', untrusted }],
  },
];
const picture: HistoryMessage = {
  role: 'user',
  content: [{ type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }],
};

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
    ['a result that is not loaded any more', { history: [], answeredTools: [{ name: 'page' }] }],
    ['a result that failed', { history: answered('gone') }],
    ['a tool that calls itself a handoff', { history: [], answeredTools: [{ name: 'transfer_to_ada' }] }],
    ['an agent that has read such, whatever its tool is called', { history: answered('sum', true) }],
    ['what a run says that has read such', { history: [], inherited: true }],
    ['a picture', { history: [picture] }],
    ['a picture that is not loaded any more', { history: [], hasAttachments: true }],
  ])('%s is untrusted too', (_what, changes) => {
    expect(decide({}, changes)).toBe('approval');
  });

  test.each<[string, UntrustedContent, Partial<UntrustedContext>]>([
    ['nothing but what the user said', {}, { history: [] }],
    ['a tool that is trusted', {}, { history: answered('sum'), answeredTools: [{ name: 'sum' }] }],
    ['a tool that the operator trusts', { trusted_tools: ['page'] }, {}],
    ['facts that are the operator’s own', { facts: false }, { history: [], facts: [{}] }],
    ['a handoff', {}, { history: [], answeredTools: [{ name: 'transfer_to_ada', untrusted: false }] }],
    ['an agent that read nothing of theirs', {}, { history: answered('ask_ada', false) }],
    ['an agent that the operator trusts', { trusted_tools: ['ask_ada'] }, { history: answered('ask_ada', true) }],
    ['a picture that is the operator’s own', { attachments: false }, { history: [picture], hasAttachments: true }],
  ])('%s changes nothing', (_what, untrusted, changes) => {
    expect(decide(untrusted, changes)).toBe('run');
  });

  test('tools that change nothing run, and that a call may be sent twice does not make it one of them', () => {
    const context = { untrusted: {}, history: answered('page'), tools };
    const decisionOn = (effect: Tool['effect']) =>
      untrustedPolicy({ ...call, tool: { name: 'send', effect } }, context);
    expect([decisionOn('read'), decisionOn('idempotent')]).toEqual(['run', 'approval']);
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

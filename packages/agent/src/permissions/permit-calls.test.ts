import { describe, expect, test } from '@jest/globals';
import type { JsonObject, StickyDecision } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';
import { permissionPolicy } from './permission-policy.js';
import { type PermissionPorts, permitCalls } from './permit-calls.js';

const tool = (name: string, changes: Partial<Tool> = {}): Tool => ({
  name,
  description: 'Does.',
  parameters: { type: 'object' },
  effect: 'effect',
  timeoutMs: 1,
  execute: async () => null,
  ...changes,
});

const call = (of: Tool, args: JsonObject = {}, id = of.name) => ({
  part: { type: 'tool_call' as const, id, name: of.name, arguments: args },
  tool: of,
});

function ports(changes: Partial<PermissionPorts> = {}): PermissionPorts {
  return {
    policy: permissionPolicy({ approvals: [{ tools: ['pay'] }], denied_tools: ['drop'] }),
    toolAsks: async ({ part, tool: { needsApproval } }) =>
      (await needsApproval?.(part.arguments, {} as Parameters<typeof needsApproval>[1])) ?? false,
    untrusted: () => 'run',
    stickyDecisions: async () => [],
    ...changes,
  };
}

const [pay, look, drop] = [tool('pay'), tool('look'), tool('drop')];
const sticky: StickyDecision = { name: 'pay', approved: true, reason: 'rule', role: null, message: null };

describe('permitCalls', () => {
  test('sorts the calls of a turn', async () => {
    const permitted = await permitCalls([call(pay), call(look), call(drop)], ports());
    expect(permitted.calls.map(({ part }) => part.id)).toEqual(['look']);
    expect(permitted.asking).toMatchObject([
      { part: { id: 'pay' }, kind: 'tool', roles: [], expiresInSeconds: 604_800, onExpiry: 'reject' },
    ]);
    expect(permitted.denied).toMatchObject([
      { part: { id: 'drop' }, result: { status: 'failed', content: 'Error: Not run: drop is not allowed here.' } },
    ]);
  });

  test('asks where a tool that should say fails', async () => {
    const broken = tool('broken', { needsApproval: () => Promise.reject(new Error('no rates')) });
    expect((await permitCalls([call(broken)], ports())).asking).toMatchObject([{ reason: 'tool' }]);
  });

  test('reads what was decided before only when somebody would have to be asked, and once', async () => {
    const asked: string[][] = [];
    const stickyDecisions = async (names: string[]) => {
      asked.push(names);
      return [sticky];
    };
    await permitCalls([call(look)], ports({ stickyDecisions }));
    const permitted = await permitCalls([call(pay, {}, '1'), call(pay, {}, '2')], ports({ stickyDecisions }));
    expect(asked).toEqual([['pay']]);
    expect(permitted.calls).toHaveLength(2);
  });

  test('a refusal that holds for later calls tells the model why', async () => {
    const refused = { ...sticky, approved: false, message: 'Never.' };
    const { denied } = await permitCalls([call(pay)], ports({ stickyDecisions: async () => [sticky, refused] }));
    expect(denied[0]?.result.content).toContain('it was not approved. Never.');
  });

  test.each<[string, Partial<StickyDecision>, Partial<PermissionPorts>, boolean]>([
    ['was made by somebody who may decide here', { role: 'boss' }, strict(), true],
    ['was made by nobody in particular', {}, strict(), false],
    ['was made by somebody else', { role: 'clerk' }, strict(), false],
    ['did not know of text of strangers', {}, { untrusted: () => 'approval' }, false],
    ['knew of text of strangers', { reason: 'untrusted' }, { untrusted: () => 'approval' }, true],
  ])('one that %s', async (_what, changes, given, holds) => {
    const stickyDecisions = async () => [{ ...sticky, ...changes }];
    const { calls } = await permitCalls([call(pay)], ports({ stickyDecisions, ...given }));
    expect(calls).toHaveLength(holds ? 1 : 0);
  });

  test('a question has a schema for its answer, which is never decided before', async () => {
    const ask = tool('ask_user', { effect: 'read', asksUser: true });
    const questions = [
      call(ask, { question: 'What?' }, '1'),
      call(ask, { question: 'Which?', options: ['a', 'b'] }, '2'),
      call(ask, { question: 'How many?', response_schema: { type: 'integer' } }, '3'),
      call(ask, { question: 'What?', response_schema: { type: 'nonsense' } }, '4'),
    ];
    const before = { ...sticky, name: 'ask_user' };
    const { asking, denied } = await permitCalls(questions, ports({ stickyDecisions: async () => [before] }));
    expect(asking.map(({ kind, question, responseSchema }) => [kind, question, responseSchema])).toEqual([
      ['input', 'What?', { type: 'string' }],
      ['input', 'Which?', { type: 'string', enum: ['a', 'b'] }],
      ['input', 'How many?', { type: 'integer' }],
    ]);
    expect(denied[0]?.result.content).toContain('Not asked:');
  });
});

function strict(): Partial<PermissionPorts> {
  return { policy: permissionPolicy({ approvals: [{ tools: ['pay'], roles: ['boss'] }] }) };
}

import { describe, expect, test } from '@jest/globals';
import type { ApprovalDecision } from '@troupe/contracts';
import { decisionProblems } from './decision-problems.js';
import { expiryOf, settlementOf } from './settlement.js';

const call = { kind: 'tool', tool_call_id: 'c', name: 'pay', response_schema: null } as const;
const question = { kind: 'input', tool_call_id: 'c', name: 'ask_user', response_schema: { type: 'integer' } } as const;
const tool = {
  name: 'pay',
  description: 'Pays.',
  parameters: { type: 'object', properties: { euros: { type: 'number' } }, required: ['euros'] },
};

describe('decisionProblems', () => {
  test.each<[typeof call | typeof question, ApprovalDecision, string[]]>([
    [call, { decision: 'approve' }, []],
    [call, { decision: 'approve', arguments: { euros: 5 } }, []],
    [call, { decision: 'approve', arguments: { euros: 'five' } }, ['arguments']],
    [call, { decision: 'reject', arguments: { euros: 5 } }, ['arguments']],
    [call, { decision: 'answer', answer: 1 }, ['decision']],
    [call, { decision: 'approve', answer: 1 }, ['answer']],
    [question, { decision: 'answer', answer: 1 }, []],
    [question, { decision: 'answer', answer: 'one' }, ['answer']],
    [question, { decision: 'answer' }, ['answer']],
    [question, { decision: 'approve' }, ['decision']],
    [question, { decision: 'reject', sticky: 'run' }, ['sticky']],
    [question, { decision: 'reject', message: 'No idea.' }, []],
  ])('%j %j: %j', async (asked, decision, fields) => {
    expect((await decisionProblems(asked, decision, tool)).map(({ field }) => field)).toEqual(fields);
  });

  test('arguments for a tool that is not known here are let through: it checks them itself', async () => {
    expect(await decisionProblems(call, { decision: 'approve', arguments: { euros: 'x' } }, undefined)).toEqual([]);
  });
});

describe('settlementOf', () => {
  test('approves with other arguments', () => {
    const decision = { decision: 'approve', arguments: { euros: 5 }, sticky: 'run', decided_by: 'ada' } as const;
    expect(settlementOf(call, decision)).toEqual({
      state: 'approved',
      outcome: { arguments: { euros: 5 }, sticky: 'run' },
      decidedBy: 'ada',
      call: { do: 'send', arguments: { euros: 5 } },
    });
  });

  test('tells the model why not, and what was answered', () => {
    expect(settlementOf(call, { decision: 'reject', message: 'Ask me tomorrow.' }).call).toEqual({
      do: 'complete',
      status: 'failed',
      result: 'Error: Not run: it was not approved. Ask me tomorrow.',
    });
    expect(settlementOf(question, { decision: 'answer', answer: 12 }).call).toEqual({
      do: 'complete',
      status: 'completed',
      result: '12',
    });
  });

  test('a call may be approved by the time that passes, a question never', () => {
    expect(expiryOf(call, 'approve')).toEqual({ do: 'send' });
    expect(expiryOf(call, 'reject')).toMatchObject({ status: 'failed', result: expect.stringContaining('in time') });
    expect(expiryOf(question, 'approve')).toMatchObject({ status: 'failed' });
  });
});

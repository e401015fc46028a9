import { describe, expect, test } from '@jest/globals';
import type { ContentPart } from '@troupe/contracts';
import type { FinishReason, Tool } from '@troupe/spec';
import { scriptedResponse } from '@troupe/testing';
import { decideNext } from '../turn/decide-next.js';
import { refuseHandoff } from './decide-handoff.js';
import { handoffTool } from './handoff-tool.js';

const look: Tool = {
  name: 'look',
  description: 'Looks.',
  parameters: { type: 'object' },
  effect: 'read',
  timeoutMs: 1_000,
  execute: async () => null,
};
const inputSchema = { type: 'object', properties: { reason: { type: 'string' } }, required: ['reason'] };
const clerk = handoffTool({ agent: 'clerk', name: 'Clerk', inputSchema });
const tutor = handoffTool({ agent: 'math-tutor', name: 'Math Tutor', description: 'Knows sums.' });
const handoffs = new Map([clerk, tutor].map((tool) => [tool.name, tool]));

const call = (name: string, args = {}, id = `of_${name}`): ContentPart => ({
  type: 'tool_call',
  id,
  name,
  arguments: args,
});

function decide(content: ContentPart[], finish: FinishReason['reason'] = 'tool_calls', turn = 1) {
  const tools = new Map([[look.name, look]]);
  return decideNext(scriptedResponse(content, { finish }), { tools, handoffs, turn, maxTurns: 3 });
}

describe('a turn that hands over', () => {
  test('gives the move, with the call, its input and its result', () => {
    const move = decide([{ type: 'text', text: 'One moment.' }, call('transfer_to_clerk', { reason: 'refund' })]);
    expect(move).toMatchObject({
      kind: 'handoff',
      handoff: { to: 'clerk' },
      call: { arguments: { reason: 'refund' } },
      results: [{ tool_call_id: 'of_transfer_to_clerk', status: 'completed' }],
      content: [{ type: 'text' }, { type: 'tool_call' }],
    });
  });

  test('the first valid one wins, and everything else of the turn is refused', () => {
    const calls = [
      call('look'),
      call('transfer_to_clerk'),
      call('transfer_to_math_tutor'),
      call('transfer_to_clerk', { reason: 'x' }, 'second'),
      call('nothing'),
    ];
    const move = decide(calls);
    expect(move.kind === 'handoff' && [move.handoff.to, ...move.results.map(({ status }) => status)]).toEqual([
      'math-tutor',
      'failed',
      'failed',
      'completed',
      'failed',
      'failed',
    ]);
  });

  test('a payload that is not valid is no handoff: the model is told the field', () => {
    expect(decide([call('transfer_to_clerk'), call('look')])).toMatchObject({
      kind: 'call_tools',
      calls: [{ part: { name: 'look' } }],
      rejected: [{ result: { content: 'Error: Invalid arguments for transfer_to_clerk: "reason" is required.' } }],
    });
  });

  test('near matches of an unknown name are found among handoffs too', () => {
    expect(decide([call('transfer_to_tutor')])).toMatchObject({
      rejected: [{ result: { content: expect.stringContaining('transfer_to_math_tutor') } }],
    });
  });

  test('calls with the same id keep their own results', () => {
    const move = decide([call('transfer_to_math_tutor', {}, 'same'), call('look', {}, 'same')]);
    expect(move.kind === 'handoff' && move.results.map(({ tool_call_id }) => tool_call_id)).toEqual(['same', 'same_2']);
  });

  test.each<[FinishReason['reason'], number, string]>([
    ['length', 1, 'call_tools'],
    ['refusal', 1, 'finish'],
    ['tool_calls', 3, 'finish'],
  ])('an answer that ended by %s in turn %i hands over to nobody', (finish, turn, kind) => {
    expect(decide([call('transfer_to_math_tutor')], finish, turn)).toMatchObject({ kind });
  });

  test('a handoff that cannot be made after all leaves every call with a refusal', () => {
    const move = decide([call('transfer_to_math_tutor'), call('look')]);
    const results = move.kind === 'handoff' ? refuseHandoff(move, 'Closed.') : [];
    expect(results.map(({ status, content }) => [status, content])).toEqual([
      ['failed', 'Error: Closed.'],
      ['failed', expect.stringContaining('Call look again')],
    ]);
  });
});

test('a handoff is a tool that says who takes over', () => {
  expect(tutor).toEqual({
    name: 'transfer_to_math_tutor',
    description: 'Hands the conversation over to Math Tutor, who answers from then on. Knows sums.',
    parameters: { type: 'object', properties: {}, additionalProperties: false },
    to: 'math-tutor',
    toName: 'Math Tutor',
  });
  expect(handoffTool({ agent: `a${'-b'.repeat(60)}`, name: 'Long' }).name).toHaveLength(64);
});

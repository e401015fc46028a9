import { describe, expect, test } from '@jest/globals';
import type { Tool, ToolContext } from '@troupe/spec';
import { type Approve, askApproval } from './approval.js';

const part = { type: 'tool_call' as const, id: 'call_1', name: 'pay', arguments: { euros: 80 } };

function tool(needsApproval?: Tool['needsApproval']): Tool {
  const execute = async () => null;
  return { name: 'pay', description: 'Pays.', parameters: {}, effect: 'effect', timeoutMs: 1, execute, needsApproval };
}

const context = (signal = new AbortController().signal) => ({ userId: 'ada', signal }) as ToolContext;

const always = tool(async () => true);

function ask(asked: Tool, approve?: Approve, signal?: AbortSignal) {
  return askApproval(asked, part, context(signal), approve);
}

describe('askApproval', () => {
  test('asks nobody about a call that needs no approval', async () => {
    const approve = () => {
      throw new Error('asked');
    };
    expect(await ask(tool(), approve)).toBeUndefined();
    expect(
      await ask(
        tool(async ({ euros }) => Number(euros) > 100),
        approve,
      ),
    ).toBeUndefined();
  });

  test('shows the call to who decides, and lets it pass when that says so', async () => {
    const seen: unknown[] = [];
    const approve: Approve = ({ signal: _, ...request }) => {
      seen.push(request);
      return true;
    };
    expect(await ask(always, approve)).toBeUndefined();
    expect(seen).toEqual([{ tool_call_id: 'call_1', name: 'pay', arguments: { euros: 80 }, userId: 'ada' }]);
  });

  test.each<[string, Tool, Approve | undefined, string]>([
    ['nobody is there', always, undefined, 'pay needs approval, and nobody is here to give it.'],
    ['it was not approved', always, () => false, 'it was not approved.'],
    [
      'a message came with it',
      always,
      async () => ({ approved: false, message: 'Ask the boss.' }),
      'approved. Ask the boss.',
    ],
    [
      'who decides fails',
      always,
      () => {
        throw new Error('no line');
      },
      'could not be found out (no line)',
    ],
    [
      'the tool cannot say',
      tool(async () => {
        throw new Error('no rates');
      }),
      () => true,
      'could not be found out (no rates)',
    ],
  ])('refuses when %s, and tells the model', async (_why, asked, approve, message) => {
    expect(await ask(asked, approve)).toMatchObject({
      tool_call_id: 'call_1',
      status: 'failed',
      content: expect.stringContaining(message),
    });
  });

  test('waits for no person after its run was aborted', async () => {
    const controller = new AbortController();
    const asked = ask(always, () => new Promise<never>(() => undefined), controller.signal);
    controller.abort(new Error('enough'));
    expect(await asked).toMatchObject({ status: 'failed', content: expect.stringContaining('enough') });
    expect(await ask(always, () => new Promise<never>(() => undefined), controller.signal)).toMatchObject({
      status: 'failed',
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import type { JsonValue } from '@troupe/contracts';
import type { Tool, ToolContext } from '@troupe/spec';
import { executeTool, toolTimeoutError } from './execute-tool.js';

function tool(execute: Tool['execute']): Tool {
  return {
    name: 'probe',
    description: 'Probes.',
    parameters: { type: 'object' },
    effect: 'read',
    timeoutMs: 50,
    execute,
  };
}

function run(
  execute: Tool['execute'],
  signal: AbortSignal = new AbortController().signal,
  maxOutputCharacters = 1_000,
) {
  const context: ToolContext = {
    tenantId: 'tenant',
    userId: null,
    threadId: 'thread',
    runId: 'run',
    idempotencyKey: 'key',
    signal,
    services: {
      todos: { add: never, list: never, complete: never },
      threadSearch: { search: never },
      now: () => new Date(0),
    },
  };
  const call = { id: 'call_1', name: 'probe', arguments: { a: 1 } };
  return executeTool(tool(execute), call, context, { maxOutputCharacters });
}

async function never(): Promise<never> {
  throw new Error('not used here');
}

describe('executeTool', () => {
  test('hands over arguments and context and answers with what the model reads', async () => {
    const result = await run(async (args, context) => ({ args, key: context.idempotencyKey }));
    expect(result).toEqual({
      type: 'tool_result',
      tool_call_id: 'call_1',
      name: 'probe',
      status: 'completed',
      content: '{"args":{"a":1},"key":"key"}',
    });
  });

  test('what a tool throws is told to the model', async () => {
    const result = await run(async () => {
      throw new Error('The city is not known.');
    });
    expect(result).toMatchObject({ status: 'failed', content: 'Error: The city is not known.' });
  });

  test('a tool that throws before its first await fails the same way', async () => {
    const result = await run(() => {
      throw new Error('At once.');
    });
    expect(result).toMatchObject({ status: 'failed', content: 'Error: At once.' });
  });

  test('a value that cannot become JSON is a failure', async () => {
    const circular: { [key: string]: JsonValue } = {};
    circular.self = circular;
    expect(await run(async () => circular)).toMatchObject({ status: 'failed' });
  });

  test('a tool that ignores its signal is left behind when its time is over', async () => {
    const controller = new AbortController();
    const running = run(() => new Promise(() => undefined), controller.signal);
    controller.abort(toolTimeoutError({ name: 'probe', timeoutMs: 50 }));
    expect(await running).toMatchObject({ status: 'failed', content: expect.stringContaining('longer than 50 ms') });
  });

  test('a call whose signal is aborted already is not started', async () => {
    let started = false;
    const result = await run(
      async () => {
        started = true;
        return null;
      },
      AbortSignal.abort(new Error('The run was cancelled.')),
    );
    expect(result.content).toBe('Error: The run was cancelled.');
    expect(started).toBe(false);
  });

  test('long output and long errors are cut', async () => {
    expect((await run(async () => 'x'.repeat(9_000))).content).toHaveLength(1_000);
    const failed = await run(async () => {
      throw new Error('x'.repeat(9_000));
    });
    expect(failed.content.length).toBeLessThan(1_020);
  });
});

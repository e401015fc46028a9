import { describe, expect, test } from '@jest/globals';
import type { ModelEvent, ModelRequest } from '@troupe/spec';
import { ScriptedModel } from './scripted-model.js';
import { answer, callTools, scriptedResponse } from './scripted-turn.js';

const request: ModelRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] };

async function collect(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const seen: ModelEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe('ScriptedModel', () => {
  test('plays its turns in order, streamed or not', async () => {
    const model = new ScriptedModel([answer('one'), answer('two words ')]);
    expect((await model.generate(request)).content).toEqual([{ type: 'text', text: 'one' }]);
    const events = await collect(model.stream(request));
    expect(events.map((event) => (event.type === 'text.delta' ? event.delta : event.type))).toEqual([
      'two',
      ' words ',
      'completed',
    ]);
    model.assertDone();
  });

  test('streams the arguments of tool calls under the index of their part', async () => {
    const model = new ScriptedModel([
      callTools([
        { name: 'add', arguments: { a: 1 } },
        { name: 'add', arguments: {} },
      ]),
    ]);
    const events = await collect(model.stream(request));
    const started = events.filter((event) => event.type === 'tool_call.started');
    expect(started).toEqual([
      { type: 'tool_call.started', index: 0, id: 'call_1', name: 'add' },
      { type: 'tool_call.started', index: 1, id: 'call_2', name: 'add' },
    ]);
    const first = events.filter((event) => event.type === 'tool_call.delta' && event.index === 0);
    expect(first.map((event) => ('delta' in event ? event.delta : '')).join('')).toBe('{"a":1}');
  });

  test('records frozen copies of the requests', async () => {
    const model = new ScriptedModel([answer('x')]);
    const mine = structuredClone(request);
    await model.generate(mine);
    mine.messages.pop();
    expect(model.requests).toEqual([request]);
    expect(() => model.requests[0]?.messages.pop()).toThrow(/Cannot/);
  });

  test('refuses a call that the script does not expect', async () => {
    await expect(new ScriptedModel().generate(request)).rejects.toThrow('call 1 was not expected');
  });

  test('says which turns were never asked for', () => {
    expect(() => new ScriptedModel([answer('x')]).assertDone()).toThrow('1 scripted turn(s)');
  });

  test('throws scripted errors after the events before them', async () => {
    const error = new Error('cut');
    const model = new ScriptedModel([{ type: 'error', error, after: [{ type: 'text.delta', delta: 'a' }] }]);
    const seen: ModelEvent[] = [];
    const reading = (async () => {
      for await (const event of model.stream(request)) seen.push(event);
    })();
    await expect(reading).rejects.toBe(error);
    expect(seen).toHaveLength(1);
  });

  test('hangs until it is aborted, and then throws the reason', async () => {
    const controller = new AbortController();
    const model = new ScriptedModel([{ type: 'hang' }]);
    const hanging = model.generate(request, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(hanging).rejects.toThrow('enough');
  });

  test('an aborted call yields nothing', async () => {
    const model = new ScriptedModel([answer('x')]);
    await expect(model.generate(request, { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
  });

  test('chooses by the request', async () => {
    const model = new ScriptedModel([{ type: 'reply', reply: (asked) => answer(`${asked.messages.length} message`) }]);
    expect((await model.generate(request)).content).toEqual([{ type: 'text', text: '1 message' }]);
  });

  test('a response has plausible usage', () => {
    expect(scriptedResponse([], { usage: { outputTokens: 9 } }).usage).toMatchObject({
      inputTokens: 10,
      outputTokens: 9,
    });
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { sweepResponses } from '@troupe/database';
import { answer, callTools } from '@troupe/testing';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type { Response as OpenAiResponse } from 'openai/resources/responses/responses';
import { z } from 'zod';
import { eventually } from '../../gateway.test-events.js';
import { type GatewayHarness, startGatewayForTest } from '../../gateway.test-harness.js';

const MODEL = 'scripted/model';
const AGENT = 'agent/cherry';
const WEATHER = {
  type: 'function' as const,
  name: 'weather',
  description: 'The weather now.',
  strict: true,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};
const PLACE = zodTextFormat(z.object({ city: z.string() }), 'place');

let gateway: GatewayHarness;
let client: OpenAI;
beforeAll(async () => {
  gateway = await startGatewayForTest();
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.key, maxRetries: 0 });
});
afterAll(() => gateway?.stop());

const say = (...texts: string[]) => gateway.model.enqueue(...texts.map((text) => answer(text)));
const lastRequest = () => gateway.model.requests.at(-1);
/** Who said what in the last request to the model. */
const lastSaid = () =>
  lastRequest()?.messages.map(({ role, content }) => [
    role,
    content.map((part) => ('text' in part ? part.text : part.type)).join(''),
  ]);

describe.each([MODEL, AGENT])('%s', (model) => {
  test('answers, and the response can be read again', async () => {
    say('Good morning.');
    const { data: made, response } = await client.responses
      .create({ model, input: 'Hello', metadata: { a: 'b' } })
      .withResponse();
    expect(made).toMatchObject({
      id: expect.stringMatching(/^resp_[0-9a-f]{32}$/),
      object: 'response',
      status: 'completed',
      model,
      output_text: 'Good morning.',
      metadata: { a: 'b' },
      usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
    });
    expect(response.headers.has('x-troupe-thread')).toBe(model === AGENT);
    const read = await client.responses.retrieve(made.id);
    expect(read).toMatchObject({ id: made.id, status: 'completed', output: made.output, usage: made.usage });
  });

  test('streams the same events and the same answer', async () => {
    say('Good morning.');
    const types: string[] = [];
    const stream = client.responses.stream({ model, input: 'Hello' }).on('event', ({ type }) => types.push(type));
    const final = await stream.finalResponse();
    expect(final).toMatchObject({ status: 'completed', output_text: 'Good morning.' });
    expect([types[0], types.at(-1)]).toEqual(['response.created', 'response.completed']);
    expect(await client.responses.retrieve(final.id)).toMatchObject({ output_text: 'Good morning.' });
  });

  test.each([false, true])('an answer follows its schema (stream: %s)', async (stream) => {
    say('{"city":"Rome"}');
    const ask = { model, input: 'Which city?', text: { format: PLACE } };
    const response = stream ? await client.responses.stream(ask).finalResponse() : await client.responses.parse(ask);
    expect(response.output_parsed).toEqual({ city: 'Rome' });
  });

  test('goes on from a response', async () => {
    say('One, you said.', 'Two.', 'Three.');
    const first = await client.responses.create({ model, input: 'one' });
    const second = await client.responses.create({ model, input: 'two', previous_response_id: first.id });
    await client.responses.create({ model, input: 'three', previous_response_id: second.id });
    expect(lastSaid()).toEqual([
      ['user', 'one'],
      ['assistant', 'One, you said.'],
      ['user', 'two'],
      ['assistant', 'Two.'],
      ['user', 'three'],
    ]);
  });

  test('reads a history of its own items, and references to them', async () => {
    say('I am well.', 'So am I.');
    const first = await client.responses.create({ model, input: 'How are you?' });
    await client.responses.create({
      model,
      input: [
        { role: 'user', content: 'How are you?' },
        { type: 'item_reference', id: first.output[0]?.id ?? '' },
        { role: 'user', content: 'And the others?' },
      ],
    });
    expect(lastSaid()).toEqual([
      ['user', 'How are you?'],
      ['assistant', 'I am well.'],
      ['user', 'And the others?'],
    ]);
  });

  test('nothing to go on from is a bad request, nothing to read is not there', async () => {
    const nothing = `resp_${newId().replaceAll('-', '')}`;
    for (const previous_response_id of [nothing, 'resp_x', 'x']) {
      await expect(client.responses.create({ model, input: 'Hi', previous_response_id })).rejects.toMatchObject({
        status: 400,
        param: 'previous_response_id',
      });
    }
    await expect(client.responses.retrieve(nothing)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    const other = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.otherTenantKey, maxRetries: 0 });
    say('Mine.');
    const mine = await client.responses.create({ model, input: 'Hi' });
    await expect(other.responses.retrieve(mine.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    const item = [{ type: 'item_reference' as const, id: mine.output[0]?.id ?? '' }];
    await expect(other.responses.create({ model: MODEL, input: item })).rejects.toMatchObject({ status: 404 });
    const taken = other.responses.create({ model, input: 'Hi', previous_response_id: mine.id });
    await expect(taken).rejects.toMatchObject({ status: 400, param: 'previous_response_id' });
  });

  test.each([false, true])('is asked once under one key (stream: %s)', async (stream) => {
    say('Once.');
    const key = { headers: { 'Idempotency-Key': newId() } };
    const ask = { model, input: 'Hello' };
    const once = () => (stream ? client.responses.stream(ask, key).finalResponse() : client.responses.create(ask, key));
    const first = await once();
    expect(await once()).toMatchObject({ id: first.id, output: first.output, output_text: 'Once.' });
  });
});

describe('a model as it is', () => {
  test('is sent everything that means something to it', async () => {
    say('{"city":"Rome"}');
    await client.responses.create({
      model: MODEL,
      instructions: 'Be brief.',
      input: [
        { role: 'developer', content: 'Be kind.' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Where is this?' },
            { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'auto' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
          ],
        },
      ],
      tools: [WEATHER],
      tool_choice: { type: 'function', name: 'weather' },
      parallel_tool_calls: false,
      text: { format: PLACE },
      temperature: 0.5,
      top_p: 0.9,
      max_output_tokens: 64,
      reasoning: { effort: 'low' },
      truncation: 'auto',
      service_tier: 'auto',
      include: ['reasoning.encrypted_content'],
    });
    expect(lastRequest()).toMatchObject({
      system: 'Be brief.\n\nBe kind.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Where is this?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
            { type: 'file', name: 'a.pdf', media_type: 'application/pdf' },
          ],
        },
      ],
      tools: [{ name: 'weather', parameters: WEATHER.parameters }],
      toolChoice: { name: 'weather' },
      outputSchema: { name: 'place' },
      settings: {
        temperature: 0.5,
        top_p: 0.9,
        max_tokens: 64,
        reasoning: { effort: 'low' },
        provider_options: {
          openai: { parallel_tool_calls: false },
          openrouter: { parallel_tool_calls: false },
          anthropic: { tool_choice: { disable_parallel_tool_use: true } },
        },
      },
    });
  });

  test.each(['previous_response_id', 'items'])('calls and their results go back by %s', async (way) => {
    gateway.model.enqueue(
      callTools([
        { name: 'weather', arguments: { city: 'Rome' } },
        { name: 'weather', arguments: { city: 'Oslo' } },
      ]),
    );
    say('Sunny and rainy.');
    const ask = { model: MODEL, tools: [WEATHER] };
    const question = { role: 'user' as const, content: 'The weather?' };
    const first = await client.responses.create({ ...ask, input: [question] });
    const results = calls(first).map(({ call_id, arguments: text }) => ({
      type: 'function_call_output' as const,
      call_id,
      output: text.includes('Rome') ? 'sunny' : 'rain',
    }));
    const second =
      way === 'items'
        ? await client.responses.create({ ...ask, input: [question, ...calls(first), ...results] })
        : await client.responses.create({ ...ask, input: results, previous_response_id: first.id });
    expect(second.output_text).toBe('Sunny and rainy.');
    expect(lastRequest()?.messages.map(({ role, content }) => [role, content.length])).toEqual([
      ['user', 1],
      ['assistant', 2],
      ['tool', 2],
    ]);
  });

  test('keeps nothing that it was asked not to keep, and forgets when it is told to', async () => {
    say('No.', 'Yes.', 'Old.');
    const unkept = await client.responses.create({ model: MODEL, input: 'Hi', store: false });
    expect(unkept).toMatchObject({ store: false });
    await expect(client.responses.retrieve(unkept.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);

    const kept = await client.responses.create({ model: MODEL, input: 'Hi' });
    const items: unknown[] = [];
    for await (const item of client.responses.inputItems.list(kept.id)) items.push(item);
    expect(items).toMatchObject([{ type: 'message', role: 'user', content: 'Hi' }]);
    await client.responses.delete(kept.id);
    await expect(client.responses.retrieve(kept.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);

    const old = await client.responses.create({ model: MODEL, input: 'Hi' });
    const age = { name: 'test-age', text: `UPDATE responses SET created_at = now() - interval '31 days'` };
    await gateway.database.query(age, []);
    await expect(client.responses.retrieve(old.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    expect(await sweepResponses(gateway.database)).toBe(false);
    expect(await gateway.database.query({ name: 'test-left', text: 'SELECT id FROM responses' }, [])).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['a background', { background: true }, 'background'],
    ['a conversation', { conversation: 'mine' }, 'conversation'],
    ['a tool that runs at OpenAI', { tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    ['an item that is unknown', { input: [{ type: 'computer_call' }] }, 'input[0].type'],
    [
      'a result without a call',
      { input: [{ type: 'function_call_output', call_id: 'x', output: '' }] },
      'input[0].call_id',
    ],
    [
      'a call without a result',
      { input: [{ type: 'function_call', call_id: 'x', name: 'y', arguments: '' }] },
      'input',
    ],
    ['nothing', { input: [] }, 'input'],
  ])('%s is refused by name', async (_case, body, param) => {
    const response = await gateway.call('POST', '/v1/responses', { body: { model: MODEL, input: 'Hi', ...body } });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { param, code: 'invalid_request' } },
    ]);
  });
});

describe('an agent', () => {
  test('works in the background, and is asked until it is done', async () => {
    gateway.worker.pause();
    say('Here I am.');
    const begun = await client.responses.create({ model: AGENT, input: 'Hello', background: true });
    expect(begun).toMatchObject({ status: 'queued', background: true });
    expect(await client.responses.retrieve(begun.id)).toMatchObject({ status: 'queued', output: [] });
    gateway.worker.resume();
    const done = await eventually(async () => {
      const response = await client.responses.retrieve(begun.id);
      return response.status === 'completed' ? response : undefined;
    });
    expect(done.output_text).toBe('Here I am.');
  });

  test('is cancelled', async () => {
    gateway.worker.pause();
    const begun = await client.responses.create({ model: AGENT, input: 'Hello', background: true });
    expect(await client.responses.cancel(begun.id)).toMatchObject({ id: begun.id, status: 'cancelled' });
    gateway.worker.resume();
  });

  test('goes on in a conversation, by the id of it or a name', async () => {
    say('One.', 'Two.');
    const first = await client.responses.create({ model: AGENT, input: 'one', conversation: `mine-${newId()}` });
    const conversation = first.conversation?.id ?? '';
    expect(conversation).toMatch(/^conv_/);
    const second = await client.responses.create({ model: AGENT, input: 'two', conversation });
    expect(second.conversation).toEqual({ id: conversation });
    expect(lastSaid()).toEqual([
      ['user', 'one'],
      ['assistant', 'One.'],
      ['user', 'two'],
    ]);
    const both = { model: AGENT, input: 'x', conversation, previous_response_id: second.id };
    await expect(client.responses.create(both)).rejects.toMatchObject({ status: 400, param: 'conversation' });
  });

  test('goes on in a conversation that was made for it', async () => {
    say('I remember.');
    const { id, metadata } = await client.conversations.create({
      metadata: { topic: 'tea' },
      items: [
        { role: 'user', content: 'I like tea.' },
        { role: 'assistant', content: 'So I see.' },
      ],
    });
    expect(metadata).toEqual({ topic: 'tea' });
    const response = await client.responses.create({ model: AGENT, input: 'What do I like?', conversation: id });
    expect(response.conversation).toEqual({ id });
    expect(lastSaid()).toEqual([
      ['user', 'I like tea.'],
      ['assistant', 'So I see.'],
      ['user', 'What do I like?'],
    ]);

    const texts: unknown[] = [];
    for await (const item of client.conversations.items.list(id, { order: 'asc', limit: 3 })) {
      if (item.type === 'message') texts.push([item.role, item.content[0]]);
    }
    expect(texts).toMatchObject([
      ['user', { type: 'input_text', text: 'I like tea.' }],
      ['assistant', { type: 'output_text', text: 'So I see.' }],
      ['user', { type: 'input_text', text: 'What do I like?' }],
      ['assistant', { type: 'output_text', text: 'I remember.' }],
    ]);

    expect(await client.conversations.update(id, { metadata: { topic: 'coffee' } })).toMatchObject({
      metadata: { topic: 'coffee' },
    });
    expect(await client.conversations.delete(id)).toMatchObject({ deleted: true });
    await expect(client.conversations.retrieve(id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    // Not begun anew: whoever names it expects it to remember.
    for (const conversation of [id, 'conv_x']) {
      const lost = client.responses.create({ model: AGENT, input: 'Hi', conversation });
      await expect(lost).rejects.toMatchObject({ status: 404, code: 'thread_not_found' });
    }
  });

  test('a model does not go on from its response, nor is it deleted apart from its thread', async () => {
    say('Hi.');
    const { id } = await client.responses.create({ model: AGENT, input: 'Hello' });
    const mixed = client.responses.create({ model: MODEL, input: 'x', previous_response_id: id });
    await expect(mixed).rejects.toMatchObject({ status: 400, param: 'previous_response_id' });
    await expect(client.responses.delete(id)).rejects.toMatchObject({ status: 400 });
    expect(await client.responses.retrieve(id)).toMatchObject({ id });
  });
});

const calls = ({ output }: OpenAiResponse) => output.filter((item) => item.type === 'function_call');

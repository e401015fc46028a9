import { describe, expect, test } from '@jest/globals';
import type { ModelEvent } from '@troupe/spec';
import { MalformedAnswer, ReportedFailure } from '../../shared/provider-failure.js';
import { itemsAsTheyCame } from './output-skeleton.js';
import { ResponsesParser } from './responses-parser.js';

const newParser = () => new ResponsesParser({ messages: [] }, 'openai', 'gpt-5');

function read(...wire: object[]) {
  const parser = newParser();
  const events: ModelEvent[] = [];
  for (const event of wire) parser.push(JSON.stringify(event), events);
  return { parser, events };
}

const completed = { type: 'response.completed', response: { id: 'resp_1', model: 'gpt-5', status: 'completed' } };

describe('ResponsesParser', () => {
  test('paragraphs of a reasoning summary are kept apart', () => {
    const delta = (summary_index: number, text: string) => ({
      type: 'response.reasoning_summary_text.delta',
      output_index: 0,
      summary_index,
      delta: text,
    });
    const { parser } = read(
      { type: 'response.output_item.added', output_index: 0, item: { type: 'reasoning', id: 'rs_1', summary: [] } },
      delta(0, 'One'),
      delta(0, ' two.'),
      delta(1, 'Three.'),
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { type: 'reasoning', id: 'rs_1', encrypted_content: 'x' },
      },
      completed,
    );
    expect(parser.finish().content).toMatchObject([{ type: 'reasoning', text: 'One two.\n\nThree.' }]);
  });

  test('an item that came without pieces is told when it is done', () => {
    const { parser, events } = read(
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: 'Hello' }] },
      },
      {
        type: 'response.output_item.done',
        output_index: 1,
        item: { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"a":1}' },
      },
      completed,
    );
    expect(events.map(({ type }) => type)).toEqual(['text.delta', 'tool_call.started', 'tool_call.delta']);
    expect(parser.finish()).toMatchObject({
      content: [
        { type: 'text', text: 'Hello' },
        { type: 'tool_call', id: 'call_1', arguments: { a: 1 } },
      ],
      finish: { reason: 'tool_calls', raw: 'completed' },
    });
  });

  test('events that are not known, items of other kinds and pings are passed over', () => {
    const { parser, events } = read(
      { type: 'response.queued', response: { status: 'queued' } },
      { type: 'keepalive', sequence_number: 3 },
      { type: 'response.web_search_call.searching', output_index: 0 },
      { type: 'response.output_item.done', output_index: 0, item: { type: 'web_search_call', id: 'ws_1' } },
      { type: 'response.something_new', output_index: 9, delta: { not: 'a string' } },
      completed,
    );
    expect(events).toEqual([]);
    expect(parser.finish().content).toEqual([]);
    expect(newParser().isHeartbeat('{"type":"keepalive","sequence_number":3}')).toBe(true);
    expect(newParser().isHeartbeat(JSON.stringify(completed))).toBe(false);
  });

  test('items of other kinds go back with the reasoning that they belong to', () => {
    const items = [
      { type: 'reasoning', id: 'rs_1', encrypted_content: 'x' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { type: 'message', id: 'msg_1', content: [{ type: 'output_text', text: 'Found.' }] },
    ];
    const { parser } = read(
      ...items.map((item, output_index) => ({ type: 'response.output_item.done', output_index, item })),
      completed,
    );
    expect(itemsAsTheyCame(parser.finish().content, 'openai', 'gpt-5')).toEqual([
      items[0],
      items[1],
      {
        type: 'message',
        role: 'assistant',
        id: 'msg_1',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Found.', annotations: [] }],
      },
    ]);
  });

  test.each([
    [{ type: 'error', code: 'rate_limit_exceeded', message: 'Slow down.' }, 429],
    [{ type: 'error', error: { type: 'server_error', code: 'server_is_overloaded', message: 'Later.' } }, 503],
    [{ type: 'response.failed', response: { status: 'failed', error: { code: 'server_error', message: 'Oh.' } } }, 500],
    [
      { type: 'response.failed', response: { status: 'failed', error: { code: 'invalid_prompt', message: 'No.' } } },
      400,
    ],
    [{ type: 'response.failed', response: { status: 'failed', error: { code: 'insufficient_quota' } } }, 429],
    [{ type: 'response.failed', response: { status: 'failed' } }, 500],
  ])('%j is the failure that its code stands for', (event, status) => {
    expect(() => read(event)).toThrow(ReportedFailure);
    try {
      read(event);
    } catch (error) {
      expect(error instanceof ReportedFailure && error.failure.status).toBe(status);
    }
  });

  test.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content_filter'],
    ['steered', 'other'],
  ])('an answer that is incomplete for %s finishes with %s', (reason, expected) => {
    const response = { status: 'incomplete', incomplete_details: { reason } };
    const { parser } = read({ type: 'response.incomplete', response });
    expect(parser.ended).toBe(true);
    expect(parser.finish().finish).toEqual({ reason: expected, raw: reason });
  });

  test('a whole answer that is none is told apart', () => {
    expect(() => newParser().read({}, [])).toThrow(MalformedAnswer);
    expect(() => newParser().read({ status: 'failed', error: { code: 'server_error' } }, [])).toThrow(ReportedFailure);
    const cancelled = newParser();
    cancelled.read({ status: 'cancelled', output: [] }, []);
    expect(() => cancelled.finish()).toThrow('cancelled');
  });
});

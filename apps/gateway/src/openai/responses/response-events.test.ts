import { describe, expect, test } from '@jest/globals';
import { TroupeError } from '@troupe/contracts';
import type { ChatUsage } from '../chat-completion.js';
import { beginResponse, type ResponseBody } from './response-body.js';
import { ResponseEvents } from './response-events.js';
import { responseForm } from './response-form.js';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const HEX = '01890a5dac96774bbcceb302099a8057';
const USAGE: ChatUsage = {
  prompt_tokens: 7,
  completion_tokens: 3,
  total_tokens: 10,
  prompt_tokens_details: { cached_tokens: 2 },
  completion_tokens_details: { reasoning_tokens: 1 },
};

interface ReadEvent {
  type: string;
  sequence_number: number;
  output_index?: number;
  item_id?: string;
  response?: ResponseBody;
  [field: string]: unknown;
}

const begun = () => beginResponse(ID, { model: 'openai/gpt-4o', input: 'Hi' });
const newEvents = () => new ResponseEvents(ID, begun());

function read(frames: string): ReadEvent[] {
  return frames
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => {
      const [name = '', data = ''] = frame.split('\n');
      const event = JSON.parse(data.slice('data: '.length)) as ReadEvent;
      expect(name).toBe(`event: ${event.type}`);
      return event;
    });
}

/** Thoughts, a text and two calls, whose arguments come by turns. */
function everything(events: ResponseEvents): string {
  return [
    events.begin(),
    events.delta({ reasoning_content: 'Hm' }),
    events.delta({ reasoning_content: 'm.' }),
    events.delta({ content: 'Let me ' }),
    events.delta({ content: 'see.' }),
    events.delta({ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'one', arguments: '' } }] }),
    events.delta({ tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'two', arguments: '{' } }] }),
    events.delta({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
    events.delta({ tool_calls: [{ index: 1, function: { arguments: '}' } }] }),
    events.finish('tool_calls', USAGE),
  ].join('');
}

describe('the events of a response', () => {
  test('come in the order that OpenAI documents, numbered from 0', () => {
    const events = read(everything(newEvents()));
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_event, index) => index));
    expect(events.map(({ type, output_index }) => [type.replace('response.', ''), output_index])).toEqual([
      ['created', undefined],
      ['in_progress', undefined],
      ['output_item.added', 0],
      ['reasoning_summary_part.added', 0],
      ['reasoning_summary_text.delta', 0],
      ['reasoning_summary_text.delta', 0],
      ['reasoning_summary_text.done', 0],
      ['reasoning_summary_part.done', 0],
      ['output_item.done', 0],
      ['output_item.added', 1],
      ['content_part.added', 1],
      ['output_text.delta', 1],
      ['output_text.delta', 1],
      ['output_text.done', 1],
      ['content_part.done', 1],
      ['output_item.done', 1],
      ['output_item.added', 2],
      ['output_item.added', 3],
      ['function_call_arguments.delta', 3],
      ['function_call_arguments.delta', 2],
      ['function_call_arguments.delta', 3],
      ['function_call_arguments.done', 2],
      ['output_item.done', 2],
      ['function_call_arguments.done', 3],
      ['output_item.done', 3],
      ['completed', undefined],
    ]);
  });

  test('name their items as the response does, which carries everything at the end', () => {
    const events = read(everything(newEvents()));
    const ids = [`rs_${HEX}_0`, `msg_${HEX}_1`, `fc_${HEX}_2`, `fc_${HEX}_3`];
    for (const { item_id, output_index } of events) {
      if (item_id !== undefined) expect(item_id).toBe(ids[output_index ?? -1]);
    }
    const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
    const { response } = events.at(-1) ?? {};
    expect(response?.output).toEqual(done);
    expect(response).toMatchObject({
      id: `resp_${HEX}`,
      status: 'completed',
      output: [
        { id: ids[0], type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hmm.' }] },
        { id: ids[1], type: 'message', content: [{ type: 'output_text', text: 'Let me see.', annotations: [] }] },
        { id: ids[2], type: 'function_call', call_id: 'a', name: 'one', arguments: '{}', status: 'completed' },
        { id: ids[3], type: 'function_call', call_id: 'b', name: 'two', arguments: '{}' },
      ],
      usage: {
        input_tokens: 7,
        input_tokens_details: { cached_tokens: 2 },
        output_tokens: 3,
        output_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 10,
      },
    });
    expect(events[0]?.response).toMatchObject({ status: 'in_progress', output: [], usage: null });
  });

  test('of an answer that is there already end with that answer', () => {
    const events = newEvents();
    everything(events);
    const first = events.whole({ role: 'assistant', content: null, refusal: null }, 'tool_calls', USAGE);
    const again = read(responseForm('01890a5d-ac96-774b-bcce-000000000000', begun()).tell(first));
    expect(again.at(-1)).toMatchObject({ type: 'response.completed', response: first });
    const items = again.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
    expect(items).toEqual(first.output);
    expect(again[0]?.response).toMatchObject({ id: first.id, status: 'in_progress', output: [] });
  });

  test('of an answer that broke off are an error and a failed response', () => {
    const events = newEvents();
    const frames =
      events.begin() +
      events.delta({ content: 'Well' }) +
      events.fail(new TroupeError({ code: 'provider_overloaded', fault: 'upstream', message: 'Too much.' }));
    expect(read(frames).slice(-2)).toMatchObject([
      {
        type: 'error',
        code: 'provider_overloaded',
        message: 'Too much.',
        param: null,
        error: { type: 'server_error', code: 'provider_overloaded', message: 'Too much.', param: null },
      },
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'provider_overloaded', message: 'Too much.' } },
      },
    ]);
  });

  test.each([
    ['length', 'max_output_tokens'],
    ['content_filter', 'content_filter'],
  ] as const)('of an answer that ends for %s make it incomplete', (finish, reason) => {
    const events = newEvents();
    const [last] = read(events.begin() + events.delta({ content: 'And' }) + events.finish(finish, USAGE)).slice(-1);
    expect(last).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason }, completed_at: null },
    });
  });

  test('of an answer that says nothing hold an empty message', () => {
    const { output } = newEvents().whole({ role: 'assistant', content: '', refusal: null }, 'stop', USAGE);
    expect(output).toMatchObject([{ type: 'message', content: [{ type: 'output_text', text: '' }] }]);
  });
});

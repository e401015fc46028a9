import type { ErrorCode } from '@troupe/contracts';
import { events } from '../event-framing.js';
import type { StreamCorpus } from '../stream-corpus.js';
import { calls, chunk, delta, done, ending, finish, say, usage } from './chat-chunks.js';

const error = (fields: unknown) => JSON.stringify({ error: fields });

function failed(name: string, body: string, code: ErrorCode, text?: string): StreamCorpus {
  return { name: `fails: ${name}`, body, expected: { code, ...(text !== undefined && { text }) } };
}

export const chatFailures: readonly StreamCorpus[] = [
  failed(
    'an error is the first event',
    events(error({ message: 'The server had an error', type: 'server_error', code: null })),
    'provider_unavailable',
  ),
  failed(
    'an error comes after text',
    events(say('Hel'), error({ message: 'Upstream reset', type: 'server_error' })),
    'provider_unavailable',
    'Hel',
  ),
  failed(
    'overload inside a 200',
    events(error({ message: 'Overloaded', type: 'service_unavailable_error', code: 'server_overloaded' })),
    'provider_overloaded',
  ),
  failed(
    'a rate limit inside a 200',
    events(say('Hel'), error({ message: 'Slow down', type: 'requests', code: 'rate_limit_exceeded' })),
    'provider_rate_limited',
    'Hel',
  ),
  failed(
    'no quota left, inside a 200',
    events(error({ message: 'You exceeded your current quota', code: 'insufficient_quota' })),
    'provider_quota_exceeded',
  ),
  failed(
    'an error whose code is a status',
    events(error({ message: 'Slow down', code: 429 })),
    'provider_rate_limited',
  ),
  failed(
    'an error whose code is a status in a string',
    events(error({ message: 'Slow down', code: '503' })),
    'provider_overloaded',
  ),
  failed('an error that is a sentence', events(say('Hel'), error('out of memory')), 'provider_unavailable', 'Hel'),
  failed('an error that says nothing', events(error({})), 'provider_unavailable'),
  failed(
    'an error beside choices',
    events(
      chunk([{ index: 0, delta: { content: '' }, finish_reason: 'error' }], { error: { message: 'x', code: 502 } }),
    ),
    'provider_unavailable',
  ),
  failed(
    'an error and then the end as if nothing had been',
    events(say('Hel'), error({ message: 'x' }), ...ending),
    'provider_unavailable',
    'Hel',
  ),
  failed(
    'an error under a name of its own',
    `event: error\n${events(error({ message: 'x', type: 'overloaded_error' }))}`,
    'provider_overloaded',
  ),
  failed('nothing', '', 'provider_stream_interrupted'),
  failed('nothing but keep-alives', ': ping\n\n: ping\n\n', 'provider_stream_interrupted'),
  failed(
    'the body ends in good order without its end',
    events(say('Hel'), say('lo')),
    'provider_stream_interrupted',
    'Hello',
  ),
  failed(
    'a finish reason without [DONE]',
    events(say('Hello'), finish('stop'), usage),
    'provider_stream_interrupted',
    'Hello',
  ),
  failed('[DONE] without a finish reason', events(say('Hello'), done), 'provider_bad_response', 'Hello'),
  failed('[DONE] and nothing else', events(done), 'provider_bad_response'),
  failed(
    'the body ends within a frame',
    `${events(say('Hel'))}data: {"choices":[{"delta":{"cont`,
    'provider_stream_interrupted',
    'Hel',
  ),
  failed(
    'the body ends within the end marker',
    `${events(say('Hel'), finish('stop'))}data: [DON`,
    'provider_stream_interrupted',
    'Hel',
  ),
  failed(
    'the body ends within the arguments of a call',
    events(calls({ index: 0, id: 'a', name: 'add', arguments: '{"x": 1' })),
    'provider_stream_interrupted',
  ),
  failed('a line of garbage', events(say('Hel'), 'garbage', ...ending), 'provider_bad_response', 'Hel'),
  failed(
    'JSON that is cut within a whole frame',
    events(say('Hel'), '{"choices":[{"delta":', ...ending),
    'provider_bad_response',
    'Hel',
  ),
  failed('two objects in one frame', events(`${say('Hel')}${say('lo')}`, ...ending), 'provider_bad_response'),
  failed('null in place of a chunk', events(say('Hel'), 'null', ...ending), 'provider_bad_response', 'Hel'),
  failed('a number in place of a chunk', events('5', ...ending), 'provider_bad_response'),
  failed('a text in place of a chunk', events('"Hello"', ...ending), 'provider_bad_response'),
  failed('a list in place of a chunk', events(say('Hel'), '[]', ...ending), 'provider_bad_response', 'Hel'),
  failed('a choice that is null', events(chunk([null]), ...ending), 'provider_bad_response'),
  failed('content that is a number', events(delta({ content: 5 }), ...ending), 'provider_bad_response'),
  failed(
    'content that is an object',
    events(delta({ content: { text: 'Hello' } }), ...ending),
    'provider_bad_response',
  ),
  failed('tool calls that are no list', events(delta({ tool_calls: {} }), ...ending), 'provider_bad_response'),
  failed('a tool call that is null', events(delta({ tool_calls: [null] }), ...ending), 'provider_bad_response'),
  failed(
    'a call without a name',
    events(calls({ index: 0, id: 'a', arguments: '{}' }), ...ending),
    'provider_bad_response',
  ),
  failed('lines of JSON in place of events', `${say('Hello')}\n${finish('stop')}\n`, 'provider_stream_interrupted'),
  failed(
    'a page that says it is a stream',
    '<!DOCTYPE html>\n<html><title>502 Bad Gateway</title></html>\n',
    'provider_stream_interrupted',
  ),
  {
    ...failed('a page', '<!DOCTYPE html>\n<html><title>502 Bad Gateway</title></html>\n', 'provider_bad_response'),
    contentType: 'text/html; charset=utf-8',
  },
  {
    ...failed(
      'a whole answer in place of a stream',
      '{"choices":[{"message":{"content":"Hello"}}]}',
      'provider_bad_response',
    ),
    contentType: 'application/json',
  },
  {
    ...failed(
      'an error document under 200',
      error({ message: 'Overloaded', code: 'server_overloaded' }),
      'provider_bad_response',
    ),
    contentType: 'application/json',
  },
];

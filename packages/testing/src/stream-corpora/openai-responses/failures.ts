import type { ErrorCode } from '@troupe/contracts';
import type { StreamCorpus } from '../stream-corpus.js';
import {
  added,
  args,
  called,
  callItem,
  completed,
  created,
  event,
  itemDone,
  message,
  messageItem,
  responseFailed,
  say,
} from './response-events.js';

function failed(name: string, body: string, code: ErrorCode, text?: string): StreamCorpus {
  return { name: `fails: ${name}`, body, expected: { code, ...(text !== undefined && { text }) } };
}

const opened = added(messageItem());

export const responseFailures: readonly StreamCorpus[] = [
  failed(
    'an error event is the first',
    event('error', { code: 'server_error', message: 'It failed', param: null }),
    'provider_unavailable',
  ),
  failed(
    'an error event comes after text',
    created + opened + say('Hel') + event('error', { code: 'server_error', message: 'x' }),
    'provider_unavailable',
    'Hel',
  ),
  failed(
    'overload inside a 200',
    event('error', { code: 'server_is_overloaded', message: 'Overloaded' }),
    'provider_overloaded',
  ),
  failed(
    'an error event with its fields nested',
    event('error', { error: { type: 'rate_limit_error', message: 'Slow down' } }),
    'provider_rate_limited',
  ),
  failed('an error event without anything', event('error'), 'provider_unavailable'),
  failed(
    'the answer failed',
    created + responseFailed({ code: 'server_error', message: 'It failed' }),
    'provider_unavailable',
  ),
  failed(
    'the answer failed for overload, after text',
    opened + say('Hel') + responseFailed({ code: 'server_is_overloaded', message: 'x' }),
    'provider_overloaded',
    'Hel',
  ),
  failed(
    'the answer failed for a rate limit',
    created + responseFailed({ code: 'rate_limit_exceeded', message: 'x' }),
    'provider_rate_limited',
  ),
  failed('the answer failed and nothing says why', created + responseFailed(null), 'provider_unavailable'),
  failed(
    'the answer was cancelled',
    `${created}${message(['Hel'])}${completed({ status: 'cancelled' })}`,
    'provider_bad_response',
    'Hel',
  ),
  failed('the end without a response', message(['Hel']) + event('response.completed'), 'provider_bad_response', 'Hel'),
  failed(
    'an error and then the end as if nothing had been',
    opened + say('Hel') + event('error', { message: 'x' }) + completed(),
    'provider_unavailable',
    'Hel',
  ),
  failed('nothing', '', 'provider_stream_interrupted'),
  failed('nothing but the beginning', created, 'provider_stream_interrupted'),
  failed('the body ends after all items', created + message(['Hel', 'lo']), 'provider_stream_interrupted', 'Hello'),
  failed('[DONE] in place of the end', `${message(['Hello'])}data: [DONE]\n\n`, 'provider_stream_interrupted', 'Hello'),
  failed(
    'the body ends within a frame',
    `${opened}${say('Hel')}event: response.completed\ndata: {"type":"resp`,
    'provider_stream_interrupted',
    'Hel',
  ),
  failed('the body ends after a whole call', created + called('a', 'add', ['{"x":1}']), 'provider_stream_interrupted'),
  failed('a line of garbage', `${message(['Hel'])}data: garbage\n\n${completed()}`, 'provider_bad_response', 'Hel'),
  failed(
    'JSON that is cut within a whole frame',
    `${message(['Hel'])}data: {"type":"x"\n\n${completed()}`,
    'provider_bad_response',
    'Hel',
  ),
  failed('null in place of an event', `data: null\n\n${completed()}`, 'provider_bad_response'),
  failed('a number in place of an event', `data: 5\n\n${completed()}`, 'provider_bad_response'),
  failed('text that is a number', opened + say(5) + completed(), 'provider_bad_response'),
  failed('text that is an object', opened + say({}) + completed(), 'provider_bad_response'),
  failed(
    'arguments that are an object',
    added(callItem('a', 'add', '')) + args({ x: 1 }) + completed(),
    'provider_bad_response',
  ),
  failed('arguments of a call that has not begun', created + args('{}') + completed(), 'provider_bad_response'),
  failed('a call without a name', itemDone(callItem('a', undefined, '{}')) + completed(), 'provider_bad_response'),
  failed('an item without a type', itemDone({ id: 'x' }) + completed(), 'provider_bad_response'),
  failed(
    'a page that says it is a stream',
    '<!DOCTYPE html>\n<html><title>502 Bad Gateway</title></html>\n',
    'provider_stream_interrupted',
  ),
  {
    ...failed('a page', '<!DOCTYPE html>\n<html><title>502 Bad Gateway</title></html>\n', 'provider_bad_response'),
    contentType: 'text/html',
  },
];

import type { ErrorCode } from '@troupe/contracts';
import type { StreamCorpus } from '../stream-corpus.js';
import {
  args,
  close,
  delta,
  ending,
  event,
  finish,
  open,
  openText,
  openTool,
  ping,
  say,
  start,
  stop,
  textBlock,
} from './message-events.js';

const error = (type: string | undefined, message = 'It failed') => event('error', { error: { type, message } });

function failed(name: string, body: string, code: ErrorCode, text?: string): StreamCorpus {
  return { name: `fails: ${name}`, body, expected: { code, ...(text !== undefined && { text }) } };
}

export const messageFailures: readonly StreamCorpus[] = [
  failed('an error is the first event', error('api_error'), 'provider_unavailable'),
  failed('overload inside a 200', start() + ping + error('overloaded_error', 'Overloaded'), 'provider_overloaded'),
  failed(
    'an error comes after text',
    start() + openText() + say('Hel') + error('overloaded_error'),
    'provider_overloaded',
    'Hel',
  ),
  failed('a rate limit inside a 200', start() + error('rate_limit_error'), 'provider_rate_limited'),
  failed('no credit is left, inside a 200', error('billing_error'), 'provider_quota_exceeded'),
  failed(
    'a time-out inside a 200',
    start() + openText() + say('Hel') + error('timeout_error'),
    'provider_timeout',
    'Hel',
  ),
  failed(
    'the request is refused inside a 200',
    error('invalid_request_error', 'prompt is too long'),
    'provider_invalid_request',
  ),
  failed('an error of a type that nobody knows', error('strange_error'), 'provider_unavailable'),
  failed('an error without a type', error(undefined), 'provider_unavailable'),
  failed('an error without anything', event('error'), 'provider_unavailable'),
  failed('an error whose fields are null', event('error', { error: null }), 'provider_unavailable'),
  failed(
    'an error and then the end as if nothing had been',
    start() + textBlock('Hel') + error('api_error') + ending,
    'provider_unavailable',
    'Hel',
  ),
  failed('nothing', '', 'provider_stream_interrupted'),
  failed('nothing but pings', ping.repeat(3), 'provider_stream_interrupted'),
  failed('the body ends within a block', start() + openText() + say('Hel'), 'provider_stream_interrupted', 'Hel'),
  failed(
    'a stop reason without message_stop',
    start() + textBlock('Hello') + finish('end_turn'),
    'provider_stream_interrupted',
    'Hello',
  ),
  failed('message_stop without a stop reason', start() + textBlock('Hello') + stop, 'provider_bad_response', 'Hello'),
  failed('message_stop and nothing else', stop, 'provider_bad_response'),
  failed(
    '[DONE] in place of message_stop',
    `${start()}${textBlock('Hel')}data: [DONE]\n\n`,
    'provider_bad_response',
    'Hel',
  ),
  failed(
    'the body ends within a frame',
    `${start()}${openText()}${say('Hel')}event: content_block_delta\ndata: {"type":"con`,
    'provider_stream_interrupted',
    'Hel',
  ),
  failed(
    'the body ends within the arguments of a call',
    start() + openTool('a', 'add') + args('{"x": 1'),
    'provider_stream_interrupted',
  ),
  failed(
    'a line of garbage',
    `${start()}${textBlock('Hel')}data: garbage\n\n${ending}`,
    'provider_bad_response',
    'Hel',
  ),
  failed(
    'JSON that is cut within a whole frame',
    `${start()}${textBlock('Hel')}data: {"type":"ping"\n\n${ending}`,
    'provider_bad_response',
    'Hel',
  ),
  failed('null in place of an event', `${start()}data: null\n\n${ending}`, 'provider_bad_response'),
  failed('a number in place of an event', `${start()}data: 5\n\n${ending}`, 'provider_bad_response'),
  failed(
    'text that is a number',
    start() + openText() + delta({ type: 'text_delta', text: 5 }) + close() + ending,
    'provider_bad_response',
  ),
  failed(
    'text that is an object',
    start() + openText() + delta({ type: 'text_delta', text: {} }) + close() + ending,
    'provider_bad_response',
  ),
  failed(
    'a call without a name',
    start() + open({ type: 'tool_use', id: 'a', input: {} }) + close() + finish('tool_use') + stop,
    'provider_bad_response',
  ),
  failed(
    'a page that says it is a stream',
    '<!DOCTYPE html>\n<html><title>502 Bad Gateway</title></html>\n',
    'provider_stream_interrupted',
  ),
  {
    ...failed('a page', '<!DOCTYPE html>\n<html><title>502 Bad Gateway</title></html>\n', 'provider_bad_response'),
    contentType: 'text/html',
  },
  {
    ...failed(
      'an error document under 200',
      '{"type":"error","error":{"type":"overloaded_error"}}',
      'provider_bad_response',
    ),
    contentType: 'application/json',
  },
];

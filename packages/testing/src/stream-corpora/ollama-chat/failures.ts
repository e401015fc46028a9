import type { ErrorCode } from '@troupe/contracts';
import type { StreamCorpus } from '../stream-corpus.js';
import { calls, end, line, message, say } from './chat-lines.js';

const error = (said: unknown) => `${JSON.stringify({ error: said })}\n`;

function failed(name: string, body: string, code: ErrorCode, text?: string): StreamCorpus {
  return { name: `fails: ${name}`, body, expected: { code, ...(text !== undefined && { text }) } };
}

export const ollamaFailures: readonly StreamCorpus[] = [
  failed('an error is the first line', error('model runner has unexpectedly stopped'), 'provider_unavailable'),
  failed(
    'an error comes after text',
    say('Hel') + error('an error was encountered while running the model'),
    'provider_unavailable',
    'Hel',
  ),
  failed(
    'overload inside a 200',
    error('server busy, please try again. maximum pending requests exceeded'),
    'provider_overloaded',
  ),
  failed('no such model, inside a 200', error('model "x" not found, try pulling it first'), 'model_not_found'),
  failed(
    'the context is full, inside a 200',
    say('Hel') + error('the input exceeds the available context size'),
    'provider_invalid_request',
    'Hel',
  ),
  failed('an error that is an object', error({ message: 'server busy, please try again' }), 'provider_overloaded'),
  failed(
    'an error and then the end as if nothing had been',
    say('Hel') + error('it broke') + end(),
    'provider_unavailable',
    'Hel',
  ),
  failed(
    'the runner went away: an empty done reason',
    say('Hel') + end({ done_reason: '' }),
    'provider_stream_interrupted',
    'Hel',
  ),
  failed('the model was loaded and asked nothing', end({ done_reason: 'load' }), 'provider_stream_interrupted'),
  failed('the model was unloaded', say('Hel') + end({ done_reason: 'unload' }), 'provider_stream_interrupted', 'Hel'),
  failed('nothing', '', 'provider_stream_interrupted'),
  failed('blank lines', '\n\n \n', 'provider_stream_interrupted'),
  failed('the body ends in good order without its end', say('Hel') + say('lo'), 'provider_stream_interrupted', 'Hello'),
  failed('the body ends within a line', `${say('Hel')}{"message":{"content":"l`, 'provider_stream_interrupted', 'Hel'),
  failed('the body ends after a call', calls({ name: 'add', arguments: {} }), 'provider_stream_interrupted'),
  failed('done that is no truth', say('Hel') + end({ done: 'true' }), 'provider_stream_interrupted', 'Hel'),
  failed('a line of garbage', `${say('Hel')}garbage\n${end()}`, 'provider_bad_response', 'Hel'),
  failed(
    'JSON that is cut within a whole line',
    `${say('Hel')}{"message":{"con\n${end()}`,
    'provider_bad_response',
    'Hel',
  ),
  failed('two objects in one line', say('Hel').trimEnd() + say('lo') + end(), 'provider_bad_response'),
  failed('an object over several lines', `{\n"done": true\n}\n`, 'provider_bad_response'),
  failed('null in place of a line', `${say('Hel')}null\n${end()}`, 'provider_bad_response', 'Hel'),
  failed('a number in place of a line', `5\n${end()}`, 'provider_bad_response'),
  failed('a list in place of a line', `[]\n${end()}`, 'provider_bad_response'),
  failed('server-sent events in place of lines', `data: ${say('Hello')}\ndata: ${end()}\n`, 'provider_bad_response'),
  failed('content that is a number', message({ content: 5 }) + end(), 'provider_bad_response'),
  failed('content that is an object', message({ content: {} }) + end(), 'provider_bad_response'),
  failed('thinking that is a truth', message({ content: 'x', thinking: true }) + end(), 'provider_bad_response'),
  failed('tool calls that are no list', message({ content: '', tool_calls: {} }) + end(), 'provider_bad_response'),
  failed('a call without a name', calls({ arguments: {} }) + end(), 'provider_bad_response'),
  failed('a message that is a text', line({ message: 'Hello', done: false }) + end(), 'provider_bad_response'),
  failed(
    'a page that says it is a stream',
    '<!DOCTYPE html>\n<html><title>502 Bad Gateway</title></html>\n',
    'provider_bad_response',
  ),
  {
    ...failed('a page', '<!DOCTYPE html>\n<html><title>502 Bad Gateway</title></html>\n', 'provider_bad_response'),
    contentType: 'text/html',
  },
];

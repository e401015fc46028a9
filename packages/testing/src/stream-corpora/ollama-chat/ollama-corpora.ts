import { brokenCall, call, counted, reasoning, text } from '../expectations.js';
import type { ExpectedPart, StreamCorpus } from '../stream-corpus.js';
import { answered, calls, end, line, message, say, think } from './chat-lines.js';
import { ollamaFailures } from './failures.js';

const hello = say('Grüße ') + say('🎭');
const greeted = answered('Grüße 🎭');
const uncounted = { prompt_eval_count: undefined, eval_count: undefined };

function called(name: string, body: string, content: ExpectedPart[]): StreamCorpus {
  return {
    name: `tools: ${name}`,
    body,
    expected: answered('', { content, finish: { reason: 'tool_calls', raw: 'stop' } }),
  };
}

/** Streams of Ollama's native API: a JSON object a line. */
export const ollamaCorpora: readonly StreamCorpus[] = [
  { name: 'framing: lines end in LF', body: hello + end(), expected: greeted },
  { name: 'framing: lines end in CRLF', body: (hello + end()).replaceAll('\n', '\r\n'), expected: greeted },
  { name: 'framing: lines end in CR', body: (hello + end()).replaceAll('\n', '\r'), expected: greeted },
  { name: 'framing: a byte order mark', body: `\ufeff${hello}${end()}`, expected: greeted },
  { name: 'framing: blank lines', body: `\n\n${hello}\n \n${end()}\n\n`, expected: greeted },
  {
    name: 'framing: white space around lines',
    body: (hello + end()).replace(/^(.*)$/gm, ' $1\t').trimEnd(),
    expected: greeted,
  },
  { name: 'framing: no line end at the end', body: (hello + end()).trimEnd(), expected: greeted },
  {
    name: 'framing: more after the end',
    body: `${hello}${end()}{"never": \n`,
    trailer: '\n{"never": \n',
    expected: greeted,
  },
  { name: 'no text at all', body: end(), expected: answered('') },
  {
    name: 'text in the last line',
    body: say('Hel') + end({ message: { role: 'assistant', content: 'lo' } }),
    expected: answered('Hello'),
  },
  { name: 'usage is missing', body: hello + end(uncounted), expected: { ...greeted, usage: 'estimated' } },
  {
    name: 'a prompt that was cached whole is not counted',
    body: hello + end({ prompt_eval_count: undefined }),
    expected: { ...greeted, usage: { ...counted, inputTokens: 0 } },
  },
  { name: 'usage in strings', body: hello + end({ prompt_eval_count: '9', eval_count: '2' }), expected: greeted },
  {
    name: 'usage is null',
    body: hello + end({ prompt_eval_count: null, eval_count: null }),
    expected: { ...greeted, usage: 'estimated' },
  },
  {
    name: 'usage comes twice and the last one counts',
    body: line({ message: { content: 'Grüße 🎭' }, done: false, prompt_eval_count: 1, eval_count: 1 }) + end(),
    expected: greeted,
  },
  {
    name: 'null in fields that may be null, and no message',
    body:
      message({ content: null, thinking: null, tool_calls: null }) +
      line({ message: null, done: false }) +
      line({ done: false }) +
      hello +
      end({ message: undefined }),
    expected: greeted,
  },
  {
    name: 'unknown fields everywhere',
    body:
      line({ message: { role: 'assistant', content: 'Grüße 🎭', images: null, x: {} }, done: false, logprobs: [] }) +
      end({ context: [1, 2], load_duration: 1 }),
    expected: greeted,
  },
  { name: 'empty deltas', body: say('') + hello + say('') + end(), expected: greeted },
  {
    name: 'deltas of nothing but white space',
    body: [' ', '\n', '\n\n', '\t', 'x', ' '].map(say).join('') + end(),
    expected: answered(' \n\n\n\tx '),
  },
  {
    name: 'a surrogate pair split over deltas',
    body: say('a\ud83c') + say('\udfad') + say('!') + end(),
    expected: answered('a🎭!'),
  },
  {
    name: 'an emoji as two broken halves of a token',
    body: say('a\ufffd') + say('\ufffd') + end(),
    expected: answered('a\ufffd\ufffd'),
  },
  { name: 'one huge token', body: say('x'.repeat(20_000)) + end(), expected: answered('x'.repeat(20_000)) },
  {
    name: 'line separators of Unicode are no line ends',
    body: say('a\u2028b\u2029c\u0085d\u000b') + end(),
    expected: answered('a\u2028b\u2029c\u0085d\u000b'),
  },
  {
    name: 'the length is reached',
    body: say('Hel') + end({ done_reason: 'length' }),
    expected: answered('Hel', { finish: { reason: 'length', raw: 'length' } }),
  },
  { name: 'no done reason, as servers before 0.3', body: hello + end({ done_reason: undefined }), expected: greeted },
  {
    name: 'thinking',
    body: think('First ') + think('this.') + say('Hello') + end(),
    expected: answered('', { content: [reasoning('First this.', { thinking: 'First this.' }), text('Hello')] }),
  },
  {
    name: 'thinking and text in one line',
    body: message({ content: 'Hello', thinking: 'Hm' }) + end(),
    expected: answered('', { content: [reasoning('Hm', { thinking: 'Hm' }), text('Hello')] }),
  },
  called('without an id', calls({ name: 'add', arguments: { x: 1, y: 'ü🎭' } }) + end(), [
    call(undefined, 'add', { x: 1, y: 'ü🎭' }),
  ]),
  called('with an id', calls({ id: 'a', name: 'add', arguments: { x: 1 } }) + end(), [call('a', 'add', { x: 1 })]),
  called(
    'several in one line and several lines',
    say('I look.') +
      calls({ name: 'add', arguments: { x: 1 } }, { name: 'add', arguments: { x: 1 } }) +
      calls({ name: 'mul', arguments: {} }) +
      end(),
    [text('I look.'), call(undefined, 'add', { x: 1 }), call(undefined, 'add', { x: 1 }), call(undefined, 'mul', {})],
  ),
  called(
    'in the last line',
    end({
      message: { role: 'assistant', content: '', tool_calls: [{ function: { name: 'add', arguments: { x: 1 } } }] },
    }),
    [call(undefined, 'add', { x: 1 })],
  ),
  called('after thinking', think('Hm') + calls({ name: 'add', arguments: {} }) + end(), [
    reasoning('Hm', { thinking: 'Hm' }),
    call(undefined, 'add', {}),
  ]),
  called('arguments as a text of JSON', calls({ id: 'a', name: 'add', arguments: '{"x":1}' }) + end(), [
    call('a', 'add', { x: 1 }),
  ]),
  called('arguments as a broken text', calls({ id: 'a', name: 'add', arguments: '{"x":' }) + end(), [
    brokenCall('a', 'add', '{"x":'),
  ]),
  called('arguments as a list', calls({ id: 'a', name: 'add', arguments: [1] }) + end(), [
    brokenCall('a', 'add', '[1]'),
  ]),
  called(
    'arguments are null or missing',
    calls({ id: 'a', name: 'add', arguments: null }, { id: 'b', name: 'add' }) + end(),
    [call('a', 'add', {}), call('b', 'add', {})],
  ),
  ...ollamaFailures,
];

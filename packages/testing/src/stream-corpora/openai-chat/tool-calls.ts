import { events } from '../event-framing.js';
import { brokenCall, call, text } from '../expectations.js';
import type { ExpectedPart, StreamCorpus } from '../stream-corpus.js';
import { answered, type CallPiece, calls, delta, done, finish, say, usage } from './chat-chunks.js';

const ending = [finish('tool_calls'), usage, done];

function called(name: string, deltas: string[], content: ExpectedPart[], more: string[] = ending): StreamCorpus {
  const raw = more === ending ? 'tool_calls' : 'stop';
  return {
    name: `tools: ${name}`,
    body: events(...deltas, ...more),
    expected: answered('', { content, finish: { reason: 'tool_calls', raw } }),
  };
}

const first = (piece: CallPiece = {}): CallPiece => ({ index: 0, id: 'a', name: 'add', arguments: '', ...piece });

export const chatToolCalls: readonly StreamCorpus[] = [
  called(
    'arguments in pieces',
    [
      calls(first()),
      ...['{"', 'x":', ' 1', '2, "y"', ':"ü🎭"', '}'].map((piece) => calls({ index: 0, arguments: piece })),
    ],
    [call('a', 'add', { x: 12, y: 'ü🎭' })],
  ),
  called('a whole call in one delta', [calls(first({ arguments: '{"x":1}' }))], [call('a', 'add', { x: 1 })]),
  called(
    'an escape that is split over pieces',
    [
      calls(first({ arguments: '{"x":"\\ud8' })),
      calls({ index: 0, arguments: '3c\\udf' }),
      calls({ index: 0, arguments: 'ad"}' }),
    ],
    [call('a', 'add', { x: '🎭' })],
  ),
  called(
    'parallel calls one after the other',
    [
      calls(first()),
      calls({ index: 0, arguments: '{"x":1}' }),
      calls({ index: 1, id: 'b', name: 'mul', arguments: '' }),
      calls({ index: 1, arguments: '{"x":2}' }),
    ],
    [call('a', 'add', { x: 1 }), call('b', 'mul', { x: 2 })],
  ),
  called(
    'parallel calls whose pieces take turns',
    [
      calls(first(), { index: 1, id: 'b', name: 'mul', arguments: '' }),
      calls({ index: 1, arguments: '{"x"' }, { index: 0, arguments: '{"x":' }),
      calls({ index: 0, arguments: '1}' }),
      calls({ index: 1, arguments: ':2}' }),
    ],
    [call('a', 'add', { x: 1 }), call('b', 'mul', { x: 2 })],
  ),
  called(
    'text before, between and after calls',
    [
      say('One'),
      calls(first({ arguments: '{}' })),
      say('two'),
      calls({ index: 1, id: 'b', name: 'mul', arguments: '{}' }),
      say('three'),
    ],
    [text('One'), call('a', 'add', {}), text('two'), call('b', 'mul', {}), text('three')],
  ),
  called(
    'no index: an id begins a call',
    [
      calls({ id: 'a', name: 'add', arguments: '{"x"' }),
      calls({ arguments: ':1}' }),
      calls({ id: 'b', name: 'mul', arguments: '{"x":2}' }),
    ],
    [call('a', 'add', { x: 1 }), call('b', 'mul', { x: 2 })],
  ),
  called(
    'every call has the index 0 and an id of its own',
    [calls(first({ arguments: '{"x":1}' })), calls(first({ id: 'b', name: 'mul', arguments: '{"x":2}' }))],
    [call('a', 'add', { x: 1 }), call('b', 'mul', { x: 2 })],
  ),
  called(
    'indices begin at 1 and leave gaps',
    [
      calls(first({ index: 1, arguments: '{"x":1}' })),
      calls(first({ index: 7, id: 'b', name: 'mul', arguments: '{"x":2}' })),
    ],
    [call('a', 'add', { x: 1 }), call('b', 'mul', { x: 2 })],
  ),
  called(
    'the name comes after the first piece',
    [
      calls({ index: 0, id: 'a', arguments: '{"x"' }),
      calls({ index: 0, name: 'add', arguments: ':1' }),
      calls({ index: 0, arguments: '}' }),
    ],
    [call('a', 'add', { x: 1 })],
  ),
  called(
    'id and name are repeated with every piece',
    [calls(first({ arguments: '{"x"' })), calls(first({ arguments: ':1}' }))],
    [call('a', 'add', { x: 1 })],
  ),
  called(
    'id and name are empty in later pieces',
    [
      calls(first({ arguments: '{"x"' })),
      calls({ index: 0, id: '', name: '', arguments: ':1}' }),
      calls({ index: 0, id: null, name: null, arguments: null }),
    ],
    [call('a', 'add', { x: 1 })],
  ),
  called('no id at all', [calls({ index: 0, name: 'add', arguments: '{"x":1}' })], [call(undefined, 'add', { x: 1 })]),
  called(
    'two calls without ids',
    [calls({ index: 0, name: 'add', arguments: '{"x":1}' }, { index: 1, name: 'add', arguments: '{"x":1}' })],
    [call(undefined, 'add', { x: 1 }), call(undefined, 'add', { x: 1 })],
  ),
  called('no arguments', [calls(first())], [call('a', 'add', {})]),
  called('arguments are null', [calls(first({ arguments: null }))], [call('a', 'add', {})]),
  called('arguments are an object', [calls(first({ arguments: { x: 1 } }))], [call('a', 'add', { x: 1 })]),
  called('arguments are broken', [calls(first({ arguments: '{"x": 1,,' }))], [brokenCall('a', 'add', '{"x": 1,,')]),
  called('arguments are no object', [calls(first({ arguments: '[1]' }))], [brokenCall('a', 'add', '[1]')]),
  called(
    'the finish reason is stop',
    [calls(first({ arguments: '{}' }))],
    [call('a', 'add', {})],
    [finish('stop'), usage, done],
  ),
  {
    name: 'tools: the length is reached within arguments',
    body: events(calls(first({ arguments: '{"x": "lo' })), finish('length'), usage, done),
    expected: answered('', {
      content: [brokenCall('a', 'add', '{"x": "lo')],
      finish: { reason: 'length', raw: 'length' },
    }),
  },
  {
    name: 'tools: an empty list is no call',
    body: events(delta({ content: 'Hello', tool_calls: [] }), finish('stop'), usage, done),
    expected: answered('Hello'),
  },
];

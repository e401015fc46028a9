import { brokenCall, call, reasoning, text } from '../expectations.js';
import type { ExpectedPart, StreamCorpus } from '../stream-corpus.js';
import {
  answered,
  args,
  close,
  finish,
  open,
  openTool,
  ping,
  sign,
  start,
  stop,
  textBlock,
  think,
} from './message-events.js';

function called(name: string, blocks: string, content: ExpectedPart[]): StreamCorpus {
  return {
    name: `tools: ${name}`,
    body: start() + blocks + finish('tool_use') + stop,
    expected: answered('', { content, finish: { reason: 'tool_calls', raw: 'tool_use' } }),
  };
}

const add = openTool('a', 'add');

export const messageToolCalls: readonly StreamCorpus[] = [
  called(
    'arguments in pieces, the first one empty',
    add + ['', '{"', 'x":', ' 1', '2, "y"', ':"ü🎭"', '}'].map((piece) => args(piece)).join('') + close(),
    [call('a', 'add', { x: 12, y: 'ü🎭' })],
  ),
  called('arguments in one piece', add + args('{"x":1}') + close(), [call('a', 'add', { x: 1 })]),
  called('an escape that is split over pieces', add + args('{"x":"\\ud8') + args('3c\\udfad"}') + close(), [
    call('a', 'add', { x: '🎭' }),
  ]),
  called('arguments with the block, none streamed', openTool('a', 'add', 0, { x: 1 }) + close(), [
    call('a', 'add', { x: 1 }),
  ]),
  called('no arguments', add + close(), [call('a', 'add', {})]),
  called('arguments of nothing but empty pieces', add + args('') + args('') + close(), [call('a', 'add', {})]),
  called('arguments are null', openTool('a', 'add', 0, null) + close(), [call('a', 'add', {})]),
  called(
    'parallel calls',
    textBlock('I look.') +
      openTool('a', 'add', 1) +
      args('{"x":1}', 1) +
      close(1) +
      ping +
      openTool('b', 'mul', 2) +
      args('{"x":2}', 2) +
      close(2),
    [text('I look.'), call('a', 'add', { x: 1 }), call('b', 'mul', { x: 2 })],
  ),
  called(
    'parallel calls whose pieces take turns',
    openTool('a', 'add', 0) +
      openTool('b', 'mul', 1) +
      args('{"x"', 0) +
      args('{"x":', 1) +
      args(':1}', 0) +
      args('2}', 1) +
      close(0) +
      close(1),
    [call('a', 'add', { x: 1 }), call('b', 'mul', { x: 2 })],
  ),
  called(
    'thinking before a call',
    open({ type: 'thinking', thinking: '', signature: '' }) +
      think('Hm') +
      sign('cw') +
      close() +
      openTool('a', 'add', 1) +
      args('{}', 1) +
      close(1),
    [reasoning('Hm', { type: 'thinking', thinking: 'Hm', signature: 'cw' }), call('a', 'add', {})],
  ),
  called('arguments are broken', add + args('{"x": 1,,') + close(), [brokenCall('a', 'add', '{"x": 1,,')]),
  called('no id', open({ type: 'tool_use', name: 'add', input: {} }) + args('{"x":1}') + close(), [
    call(undefined, 'add', { x: 1 }),
  ]),
  {
    name: 'tools: the length is reached within arguments',
    body: start() + add + args('{"x": "lo') + close() + finish('max_tokens') + stop,
    expected: answered('', {
      content: [brokenCall('a', 'add', '{"x": "lo')],
      finish: { reason: 'length', raw: 'max_tokens' },
    }),
  },
];

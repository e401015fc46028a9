import { brokenCall, call, reasoning, text } from '../expectations.js';
import type { ExpectedPart, StreamCorpus } from '../stream-corpus.js';
import {
  added,
  answered,
  args,
  called,
  callItem,
  completed,
  created,
  incomplete,
  itemDone,
  message,
  reasoningItem,
} from './response-events.js';

function calls(name: string, items: string, content: ExpectedPart[]): StreamCorpus {
  return {
    name: `tools: ${name}`,
    body: created + items + completed(),
    expected: answered('', { content, finish: { reason: 'tool_calls', raw: 'completed' } }),
  };
}

export const responseToolCalls: readonly StreamCorpus[] = [
  calls('arguments in pieces', called('a', 'add', ['{"', 'x":', ' 1', '2, "y"', ':"ü🎭"', '}']), [
    call('a', 'add', { x: 12, y: 'ü🎭' }),
  ]),
  calls('an escape that is split over pieces', called('a', 'add', ['{"x":"\\ud8', '3c\\udfad"}']), [
    call('a', 'add', { x: '🎭' }),
  ]),
  calls(
    'arguments that come whole with the item',
    added(callItem('a', 'add', '')) + itemDone(callItem('a', 'add', '{"x":1}')),
    [call('a', 'add', { x: 1 })],
  ),
  calls('a call that is done without having begun', itemDone(callItem('a', 'add', '{"x":1}')), [
    call('a', 'add', { x: 1 }),
  ]),
  calls(
    'parallel calls one after the other',
    called('a', 'add', ['{"x":1}']) + called('b', 'mul', ['{"x"', ':2}'], 1),
    [call('a', 'add', { x: 1 }), call('b', 'mul', { x: 2 })],
  ),
  calls(
    'parallel calls whose pieces take turns',
    added(callItem('a', 'add', '')) +
      added(callItem('b', 'mul', ''), 1) +
      args('{"x"', 1) +
      args('{"x":', 0) +
      args(':2}', 1) +
      args('1}', 0) +
      itemDone(callItem('b', 'mul', '{"x":2}'), 1) +
      itemDone(callItem('a', 'add', '{"x":1}'), 0),
    [call('a', 'add', { x: 1 }), call('b', 'mul', { x: 2 })],
  ),
  calls('text before a call', message(['I look.']) + called('a', 'add', ['{}'], 1), [
    text('I look.'),
    call('a', 'add', {}),
  ]),
  calls(
    'reasoning before a call',
    added(reasoningItem()) + itemDone(reasoningItem({ encrypted_content: 'RU5D' })) + called('a', 'add', ['{}'], 1),
    [reasoning(''), call('a', 'add', {})],
  ),
  calls('no arguments', called('a', 'add', []), [call('a', 'add', {})]),
  calls('arguments are broken', called('a', 'add', ['{"x": 1,,']), [brokenCall('a', 'add', '{"x": 1,,')]),
  calls(
    'no call id',
    added(callItem(undefined, 'add', '')) + args('{"x":1}') + itemDone(callItem(undefined, 'add', '{"x":1}')),
    [call(undefined, 'add', { x: 1 })],
  ),
  {
    name: 'tools: the length is reached within arguments',
    body: created + added(callItem('a', 'add', '')) + args('{"x": "lo') + incomplete('max_output_tokens'),
    expected: answered('', {
      content: [brokenCall('a', 'add', '{"x": "lo')],
      finish: { reason: 'length', raw: 'max_output_tokens' },
    }),
  },
];

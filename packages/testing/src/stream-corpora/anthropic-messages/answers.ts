import { dataOf, framingCorpora } from '../event-framing.js';
import { call, counted, reasoning, text } from '../expectations.js';
import type { StreamCorpus } from '../stream-corpus.js';
import {
  answered,
  close,
  delta,
  ending,
  event,
  finish,
  open,
  openText,
  ping,
  say,
  sign,
  start,
  stop,
  textBlock,
  think,
} from './message-events.js';

const thinking = { type: 'thinking', thinking: '', signature: '' };

/** Answers of Anthropic in text and with thinking. */
export const messageAnswers: readonly StreamCorpus[] = [
  ...framingCorpora(dataOf(start() + textBlock('Grüße 🎭') + ending), answered('Grüße 🎭')),
  { name: 'text in deltas', body: start() + textBlock('Hel', 'lo') + ending, expected: answered('Hello') },
  { name: 'no content at all', body: start() + ending, expected: answered('') },
  {
    name: 'text that begins with its block',
    body: start() + open({ type: 'text', text: 'Hel' }) + say('lo') + close() + ending,
    expected: answered('Hello'),
  },
  {
    name: 'two blocks of text',
    body: `${start()}${textBlock('One ')}${openText(1)}${say('two', 1)}${close(1)}${ending}`,
    expected: answered('One two'),
  },
  {
    name: 'pings at every place',
    body: ping + [start(), openText(), say('Hello'), close(), finish('end_turn'), stop].join(ping),
    expected: answered('Hello'),
  },
  {
    name: 'events and deltas and blocks of unknown types',
    body:
      start() +
      event('content_block_hint', { index: 0 }) +
      openText() +
      delta({ type: 'citations_delta', citation: { type: 'char_location' } }) +
      say('Hello') +
      close() +
      open({ type: 'server_tool_use', id: 'srv', name: 'web_search', input: {} }, 1) +
      delta({ type: 'input_json_delta', partial_json: '{"query": "x"}' }, 1) +
      close(1) +
      open({ type: 'web_search_tool_result', tool_use_id: 'srv', content: [] }, 2) +
      close(2) +
      ending,
    expected: answered('Hello'),
  },
  {
    name: 'unknown fields everywhere',
    body:
      start({
        container: null,
        context_management: {},
        usage: { input_tokens: 9, output_tokens: 1, service_tier: 'x' },
      }) +
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '', citations: null }, extra: 1 }) +
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hello', p: 'abcdef' }, extra: [] }) +
      close() +
      ending,
    expected: answered('Hello'),
  },
  {
    name: 'empty deltas',
    body: start() + textBlock('', 'Hel', '', 'lo', '') + ending,
    expected: answered('Hello'),
  },
  {
    name: 'deltas of nothing but white space',
    body: start() + textBlock(' ', '\n', '\n\n', '\t', 'x', ' ') + ending,
    expected: answered(' \n\n\n\tx '),
  },
  {
    name: 'a surrogate pair split over deltas',
    body: start() + textBlock('a\ud83c', '\udfad', '!') + ending,
    expected: answered('a🎭!'),
  },
  {
    name: 'characters of every length, raw and escaped',
    body: start() + textBlock('é 日本 👩‍👩‍👧 \u2028 "\\', '#').replace('#', '\\u00e9\\ud83d\\ude00\\/') + ending,
    expected: answered('é 日本 👩‍👩‍👧 \u2028 "\\é😀/'),
  },
  {
    name: 'one huge token',
    body: start() + textBlock('y'.repeat(20_000)) + ending,
    expected: answered('y'.repeat(20_000)),
  },
  {
    name: 'null in fields that may be null',
    body:
      start({ stop_sequence: null, usage: { input_tokens: 9, output_tokens: 1, cache_read_input_tokens: null } }) +
      textBlock('Hello') +
      event('message_delta', { delta: { stop_reason: null }, usage: null }) +
      ending,
    expected: answered('Hello'),
  },
  {
    name: 'usage with the cache and thinking, counted on',
    body:
      start({
        usage: {
          input_tokens: 3,
          cache_read_input_tokens: 4,
          cache_creation_input_tokens: 2,
          cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 0 },
          output_tokens: 1,
        },
      }) +
      textBlock('Hello') +
      finish('end_turn', { output_tokens: 2, output_tokens_details: { thinking_tokens: 1 } }) +
      stop,
    expected: answered('Hello', {
      usage: { ...counted, cachedInputTokens: 4, cacheWriteInputTokens: 2, reasoningTokens: 1 },
    }),
  },
  {
    name: 'usage that comes again in full at the end',
    body:
      start({ usage: { input_tokens: 1, output_tokens: 1 } }) +
      textBlock('Hello') +
      finish('end_turn', { input_tokens: 9, output_tokens: 2, cache_read_input_tokens: 0 }) +
      stop,
    expected: answered('Hello'),
  },
  {
    name: 'usage that comes twice',
    body: start() + textBlock('Hello') + finish(null, { output_tokens: 1 }) + finish('end_turn') + stop,
    expected: answered('Hello'),
  },
  {
    name: 'usage is missing',
    body: start({ usage: undefined }) + textBlock('Hello') + finish('end_turn', null) + stop,
    expected: answered('Hello', { usage: 'estimated' }),
  },
  {
    name: 'usage without numbers is no usage',
    body: start({ usage: {} }) + textBlock('Hello') + finish('end_turn', {}) + stop,
    expected: answered('Hello', { usage: 'estimated' }),
  },
  {
    name: 'usage with a cache that is written for an hour',
    body:
      start({
        usage: {
          input_tokens: 3,
          cache_creation_input_tokens: 6,
          cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 4 },
          output_tokens: 1,
        },
      }) +
      textBlock('Hello') +
      ending,
    expected: answered('Hello', {
      usage: { ...counted, cacheWriteInputTokens: 6, longCacheWriteInputTokens: 4 },
    }),
  },
  {
    name: 'usage in strings',
    body:
      start({ usage: { input_tokens: '9' } }) + textBlock('Hello') + finish('end_turn', { output_tokens: '2' }) + stop,
    expected: answered('Hello'),
  },
  {
    name: 'thinking, signed',
    body:
      start() +
      open(thinking) +
      think('First ') +
      think('this.') +
      sign('c2ln') +
      close() +
      openText(1) +
      say('Hello', 1) +
      close(1) +
      ending,
    expected: answered('', {
      content: [
        reasoning('First this.', { type: 'thinking', thinking: 'First this.', signature: 'c2ln' }),
        text('Hello'),
      ],
    }),
  },
  {
    name: 'thinking that is not shown, but signed',
    body:
      start() + open(thinking) + sign('c2') + sign('ln') + close() + openText(1) + say('Hello', 1) + close(1) + ending,
    expected: answered('', {
      content: [reasoning('', { type: 'thinking', thinking: '', signature: 'c2ln' }), text('Hello')],
    }),
  },
  {
    name: 'thinking that is redacted',
    body:
      start() +
      open({ type: 'redacted_thinking', data: 'RU5D' }) +
      close() +
      open(thinking, 1) +
      think('Hm', 1) +
      sign('cw', 1) +
      close(1) +
      openText(2) +
      say('Hello', 2) +
      close(2) +
      ending,
    expected: answered('', {
      content: [
        reasoning('', { type: 'redacted_thinking', data: 'RU5D' }),
        reasoning('Hm', { type: 'thinking', thinking: 'Hm', signature: 'cw' }),
        text('Hello'),
      ],
    }),
  },
  {
    name: 'the length is reached',
    body: start() + textBlock('Hel') + finish('max_tokens') + stop,
    expected: answered('Hel', { finish: { reason: 'length', raw: 'max_tokens' } }),
  },
  {
    name: 'the context is full',
    body: start() + textBlock('Hel') + finish('model_context_window_exceeded') + stop,
    expected: answered('Hel', { finish: { reason: 'length', raw: 'model_context_window_exceeded' } }),
  },
  {
    name: 'a stop sequence',
    body: start() + textBlock('Hel') + finish('stop_sequence') + stop,
    expected: answered('Hel', { finish: { reason: 'stop_sequence', raw: 'stop_sequence' } }),
  },
  {
    name: 'a refusal after text',
    body: start() + textBlock('I will not.') + finish('refusal') + stop,
    expected: answered('I will not.', { finish: { reason: 'refusal', raw: 'refusal' } }),
  },
  {
    name: 'a refusal without a word',
    body: start() + finish('refusal') + stop,
    expected: answered('', { finish: { reason: 'refusal', raw: 'refusal' } }),
  },
  {
    name: 'a turn that pauses',
    body: start() + textBlock('Hel') + finish('pause_turn') + stop,
    expected: answered('Hel', { finish: { reason: 'other', raw: 'pause_turn' } }),
  },
  {
    name: 'a stop reason that nobody knows',
    body: start() + textBlock('Hello') + finish('compaction') + stop,
    expected: answered('Hello', { finish: { reason: 'other', raw: 'compaction' } }),
  },
  {
    name: 'another model answers',
    body: start({ model: 'corpus-20261001' }) + textBlock('Hello') + ending,
    expected: answered('Hello', { servedBy: 'corpus-20261001' }),
  },
  {
    name: 'a block that is never closed',
    body: start() + open({ type: 'tool_use', id: 'a', name: 'add', input: { x: 1 } }) + finish('tool_use') + stop,
    expected: answered('', {
      content: [call('a', 'add', { x: 1 })],
      finish: { reason: 'tool_calls', raw: 'tool_use' },
    }),
  },
];

import { dataOf, framingCorpora } from '../event-framing.js';
import { counted, reasoning, text } from '../expectations.js';
import type { StreamCorpus } from '../stream-corpus.js';
import {
  added,
  answered,
  completed,
  created,
  event,
  incomplete,
  itemDone,
  message,
  messageItem,
  reasoningItem,
  refuse,
  say,
  summarize,
  textPart,
  usage,
} from './response-events.js';

const hello = message(['Hel', 'lo']);
const opened = added(messageItem());

/** Answers of the Responses API in text and with reasoning. */
export const responseAnswers: readonly StreamCorpus[] = [
  ...framingCorpora(
    dataOf(opened + say('Grüße 🎭') + itemDone(messageItem(textPart('Grüße 🎭'))) + completed()),
    answered('Grüße 🎭'),
  ),
  { name: 'text in deltas, with all its events', body: created + hello + completed(), expected: answered('Hello') },
  {
    name: 'the last event holds the answer again',
    body:
      created + hello + completed({ output: [messageItem(textPart('Hello'))], error: null, incomplete_details: null }),
    expected: answered('Hello'),
  },
  { name: 'no output at all', body: created + completed({ output: [] }), expected: answered('') },
  {
    name: 'an item that comes whole, without deltas',
    body: created + opened + itemDone(messageItem(textPart('Hello'))) + completed(),
    expected: answered('Hello'),
  },
  {
    name: 'an item that is done without having begun',
    body: created + itemDone(messageItem(textPart('Hello'))) + completed(),
    expected: answered('Hello'),
  },
  {
    name: 'an item that is never done',
    body: created + opened + say('Hello') + completed({ output: [messageItem(textPart('Hello'))] }),
    expected: answered('Hello'),
  },
  {
    name: 'the last event alone holds the answer',
    body: created + completed({ output: [messageItem(textPart('Hello'))] }),
    expected: answered('Hello'),
  },
  {
    name: 'two messages and a message of two parts',
    body:
      created +
      message(['One ']) +
      added(messageItem(), 1) +
      say('two ', 1) +
      event('response.output_text.delta', { output_index: 1, content_index: 1, delta: 'three' }) +
      itemDone(messageItem(textPart('two '), textPart('three')), 1) +
      completed(),
    expected: answered('One two three'),
  },
  {
    name: 'sequence numbers, padding and unknown fields',
    body:
      opened +
      event('response.output_text.delta', {
        sequence_number: 4,
        output_index: 0,
        content_index: 0,
        delta: 'Hello',
        logprobs: [],
        obfuscation: 'kX9',
      }) +
      itemDone({ ...messageItem(textPart('Hello')), phase: 'final_answer' }) +
      completed({ background: false, service_tier: 'default', x: {} }),
    // Its phase must go back, so an envelope without words stands before it.
    expected: answered('', { content: [reasoning(''), text('Hello')] }),
  },
  {
    name: 'events that nobody knows',
    body:
      event('response.queued', { response: {} }) +
      hello +
      event('response.output_text.annotation.added', { output_index: 0, annotation: {} }) +
      event('response.strange.delta', { output_index: 9, delta: 'x' }) +
      completed(),
    expected: answered('Hello'),
  },
  {
    name: 'keep-alives between events',
    body: `${event('keepalive', { sequence_number: 3 })}: ping\n\n${hello}${event('keepalive')}${completed()}`,
    expected: answered('Hello'),
  },
  {
    name: 'items of tools that the provider runs itself',
    body:
      created +
      added({ id: 'ws', type: 'web_search_call', status: 'in_progress' }) +
      event('response.web_search_call.searching', { output_index: 0, item_id: 'ws' }) +
      itemDone({ id: 'ws', type: 'web_search_call', status: 'completed', action: {} }) +
      message(['Hello'], 1) +
      completed(),
    expected: answered('Hello'),
  },
  {
    name: 'empty deltas',
    body: opened + say('') + say('Hello') + say('') + itemDone(messageItem(textPart('Hello'))) + completed(),
    expected: answered('Hello'),
  },
  {
    name: 'deltas of nothing but white space',
    body: message([' ', '\n', '\n\n', '\t', 'x', ' ']) + completed(),
    expected: answered(' \n\n\n\tx '),
  },
  {
    name: 'a surrogate pair split over deltas',
    body: message(['a\ud83c', '\udfad', '!']) + completed(),
    expected: answered('a🎭!'),
  },
  {
    name: 'one huge token',
    body: opened + say('x'.repeat(20_000)) + completed(),
    expected: answered('x'.repeat(20_000)),
  },
  {
    name: 'usage with details',
    body:
      hello +
      completed({
        usage: { ...usage, input_tokens_details: { cached_tokens: 4 }, output_tokens_details: { reasoning_tokens: 1 } },
      }),
    expected: answered('Hello', { usage: { ...counted, cachedInputTokens: 4, reasoningTokens: 1 } }),
  },
  {
    name: 'usage with null details',
    body: hello + completed({ usage: { ...usage, input_tokens_details: null, output_tokens_details: null } }),
    expected: answered('Hello'),
  },
  {
    name: 'usage is missing',
    body: hello + completed({ usage: undefined }),
    expected: answered('Hello', { usage: 'estimated' }),
  },
  {
    name: 'usage is null',
    body: hello + completed({ usage: null }),
    expected: answered('Hello', { usage: 'estimated' }),
  },
  {
    name: 'usage in strings',
    body: hello + completed({ usage: { input_tokens: '9', output_tokens: '2' } }),
    expected: answered('Hello'),
  },
  {
    name: 'usage without numbers is no usage',
    body: hello + completed({ usage: {} }),
    expected: answered('Hello', { usage: 'estimated' }),
  },
  {
    name: 'a refusal',
    body:
      opened +
      refuse('I ') +
      refuse('will not.') +
      itemDone(messageItem({ type: 'refusal', refusal: 'I will not.' })) +
      completed(),
    expected: answered('I will not.', { finish: { reason: 'refusal', raw: 'completed' } }),
  },
  {
    name: 'a refusal that comes whole',
    body: opened + itemDone(messageItem({ type: 'refusal', refusal: 'I will not.' })) + completed(),
    expected: answered('I will not.', { finish: { reason: 'refusal', raw: 'completed' } }),
  },
  {
    name: 'the length is reached',
    body: message(['Hel']) + incomplete('max_output_tokens'),
    expected: answered('Hel', { finish: { reason: 'length', raw: 'max_output_tokens' } }),
  },
  {
    name: 'the length is reached before a word',
    body: created + incomplete('max_output_tokens'),
    expected: answered('', { finish: { reason: 'length', raw: 'max_output_tokens' } }),
  },
  {
    name: 'the content filter stops it',
    body: message(['Hel']) + incomplete('content_filter'),
    expected: answered('Hel', { finish: { reason: 'content_filter', raw: 'content_filter' } }),
  },
  {
    name: 'it is incomplete for a reason that nobody knows',
    body: message(['Hel']) + incomplete('steered'),
    expected: answered('Hel', { finish: { reason: 'other', raw: 'steered' } }),
  },
  {
    name: 'reasoning that is encrypted, without a word of it',
    body:
      created +
      added(reasoningItem()) +
      itemDone(reasoningItem({ encrypted_content: 'RU5D' })) +
      message(['Hello'], 1) +
      completed(),
    expected: answered('', { content: [reasoning(''), text('Hello')] }),
  },
  {
    name: 'a summary of reasoning, in paragraphs',
    body:
      added(reasoningItem()) +
      summarize('First ') +
      summarize('this.') +
      summarize('Then that.', 1) +
      itemDone(
        reasoningItem({
          encrypted_content: 'RU5D',
          summary: [
            { type: 'summary_text', text: 'First this.' },
            { type: 'summary_text', text: 'Then that.' },
          ],
        }),
      ) +
      message(['Hello'], 1) +
      completed(),
    expected: answered('', { content: [reasoning('First this.\n\nThen that.'), text('Hello')] }),
  },
  {
    name: 'another model answers',
    body: hello + completed({ model: 'corpus-2026-10-01' }),
    expected: answered('Hello', { servedBy: 'corpus-2026-10-01' }),
  },
  {
    name: '[DONE] behind the end',
    body: `${hello}${completed()}data: [DONE]\n\n`,
    trailer: '\n\ndata: [DONE]\n\n',
    expected: answered('Hello'),
  },
];

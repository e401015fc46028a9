import { events, framingCorpora } from '../event-framing.js';
import { counted, reasoning, text } from '../expectations.js';
import type { StreamCorpus } from '../stream-corpus.js';
import { answered, chunk, delta, done, ending, finish, say, usage } from './chat-chunks.js';

const hello = [delta({ role: 'assistant', content: '' }), say('Hel'), say('lo')];
const usageOf = (numbers: object) => chunk([], { usage: numbers });

/** Answers in text, as OpenAI and the many servers with its format stream them. */
export const chatAnswers: readonly StreamCorpus[] = [
  ...framingCorpora([say('Grüße 🎭'), ...ending], answered('Grüße 🎭')),
  { name: 'text in deltas', body: events(...hello, ...ending), expected: answered('Hello') },
  {
    name: 'everything in one chunk',
    body: events(
      chunk([{ index: 0, delta: { content: 'Hello' }, finish_reason: 'stop' }], {
        usage: { prompt_tokens: 9, completion_tokens: 2 },
      }),
      done,
    ),
    expected: answered('Hello'),
  },
  { name: 'no text at all', body: events(delta({ role: 'assistant' }), ...ending), expected: answered('') },
  {
    name: 'usage is missing',
    body: events(...hello, finish('stop'), done),
    expected: answered('Hello', { usage: 'estimated' }),
  },
  {
    name: 'usage comes twice and the last one counts',
    body: events(usageOf({ prompt_tokens: 9, completion_tokens: 0 }), ...hello, ...ending),
    expected: answered('Hello'),
  },
  {
    name: 'usage comes with every chunk, running',
    body: events(
      chunk([{ index: 0, delta: { content: 'Hel' } }], { usage: { prompt_tokens: 9, completion_tokens: 1 } }),
      chunk([{ index: 0, delta: { content: 'lo' } }], { usage: { prompt_tokens: 9, completion_tokens: 2 } }),
      finish('stop'),
      done,
    ),
    expected: answered('Hello'),
  },
  {
    name: 'usage is null until the end',
    body: events(chunk([{ index: 0, delta: { content: 'Hello' } }], { usage: null }), ...ending),
    expected: answered('Hello'),
  },
  {
    name: 'usage with details',
    body: events(
      say('Hello'),
      finish('stop'),
      usageOf({
        prompt_tokens: 9,
        completion_tokens: 2,
        prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 1, accepted_prediction_tokens: 0 },
      }),
      done,
    ),
    expected: answered('Hello', { usage: { ...counted, cachedInputTokens: 4, reasoningTokens: 1 } }),
  },
  {
    name: 'usage with null details',
    body: events(
      say('Hello'),
      finish('stop'),
      usageOf({ prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: null, completion_tokens_details: null }),
      done,
    ),
    expected: answered('Hello'),
  },
  {
    name: 'usage in strings',
    body: events(say('Hello'), finish('stop'), usageOf({ prompt_tokens: '9', completion_tokens: '2' }), done),
    expected: answered('Hello'),
  },
  {
    name: 'usage before the finish reason',
    body: events(say('Hello'), usage, finish('stop'), done),
    expected: answered('Hello'),
  },
  {
    name: 'usage without numbers is no usage',
    body: events(say('Hello'), finish('stop'), usageOf({}), done),
    expected: answered('Hello', { usage: 'estimated' }),
  },
  {
    name: 'empty deltas, no deltas and no choices',
    body: events(
      chunk([]),
      delta({}),
      delta(null),
      say(''),
      chunk([{ index: 0 }]),
      say('Hello'),
      JSON.stringify({ id: 'c1' }),
      ...ending,
    ),
    expected: answered('Hello'),
  },
  {
    name: 'null in every field',
    body: events(
      delta(
        { role: null, content: null, refusal: null, tool_calls: null, function_call: null, reasoning: null },
        { finish_reason: null, logprobs: null },
      ),
      chunk([{ index: 0, delta: { content: 'Hello' } }], { system_fingerprint: null, error: null, usage: null }),
      ...ending,
    ),
    expected: answered('Hello'),
  },
  {
    name: 'a padding field against side channels',
    body: events(chunk([{ index: 0, delta: { content: 'Hello' } }], { obfuscation: 'kX9aQ2' }), ...ending),
    expected: answered('Hello'),
  },
  {
    name: 'unknown fields everywhere',
    body: events(
      chunk([{ index: 0, delta: { content: 'Hello', annotations: [{}] }, extra: [1] }], { service_tier: 'x', x: {} }),
      ...ending,
    ),
    expected: answered('Hello'),
  },
  {
    name: 'chunks of another kind',
    body: events(
      JSON.stringify({ object: 'chat.completion.prompt_filter', choices: [], prompt_filter_results: [{ index: 0 }] }),
      say('Hello'),
      ...ending,
    ),
    expected: answered('Hello'),
  },
  {
    name: 'an empty finish reason before the real one',
    body: events(delta({ content: 'Hello' }, { finish_reason: '' }), ...ending),
    expected: answered('Hello'),
  },
  {
    name: 'a finish reason that is said twice',
    body: events(say('Hello'), finish('stop'), ...ending),
    expected: answered('Hello'),
  },
  {
    name: 'a second choice is no part of the answer',
    body: events(say('Hello'), chunk([{ index: 1, delta: { content: 'Bye' } }]), ...ending),
    expected: answered('Hello'),
  },
  {
    name: 'deltas of nothing but white space',
    body: events(say(' '), say('\n'), say('\n\n'), say('\t'), say('x'), say(' '), ...ending),
    expected: answered(' \n\n\n\tx '),
  },
  {
    name: 'a surrogate pair split over deltas',
    body: events(say('a\ud83c'), say('\udfad'), say('\ud83c'), say(''), say('\uddef'), ...ending),
    expected: answered('a🎭🇯'),
  },
  {
    name: 'characters of every length, raw and escaped',
    body: events(
      say('é 日本 👩‍👩‍👧 \u2028 "\\'),
      delta({ content: '#' }).replace('#', '\\u00e9\\ud83d\\ude00\\u0000\\/'),
      ...ending,
    ),
    expected: answered('é 日本 👩‍👩‍👧 \u2028 "\\é😀\u0000/'),
  },
  {
    name: 'bytes that are no UTF-8',
    body: withBrokenByte(events(say('a#b'), ...ending)),
    expected: answered('a\ufffdb'),
  },
  { name: 'one huge token', body: events(say('x'.repeat(20_000)), ...ending), expected: answered('x'.repeat(20_000)) },
  {
    name: 'a very long line that says little',
    body: events(chunk([{ index: 0, delta: { content: 'Hello' } }], { padding: '🎭'.repeat(50_000) }), ...ending),
    expected: answered('Hello'),
  },
  {
    name: 'many small tokens',
    body: events(...Array.from({ length: 300 }, (_, index) => say(`${index} `)), ...ending),
    expected: answered(Array.from({ length: 300 }, (_, index) => `${index} `).join('')),
  },
  {
    name: 'a refusal',
    body: events(delta({ content: null, refusal: 'I ' }), delta({ refusal: 'will not.' }), ...ending),
    expected: answered('I will not.', { finish: { reason: 'refusal', raw: 'stop' } }),
  },
  {
    name: 'the length is reached',
    body: events(say('Hel'), finish('length'), usage, done),
    expected: answered('Hel', { finish: { reason: 'length', raw: 'length' } }),
  },
  {
    name: 'the content filter stops it',
    body: events(say('Hel'), finish('content_filter'), usage, done),
    expected: answered('Hel', { finish: { reason: 'content_filter', raw: 'content_filter' } }),
  },
  {
    name: 'a finish reason that nobody knows',
    body: events(say('Hello'), finish('eos_token'), usage, done),
    expected: answered('Hello', { finish: { reason: 'other', raw: 'eos_token' } }),
  },
  {
    name: 'reasoning under the name that DeepSeek and vLLM use',
    body: events(delta({ reasoning_content: 'Hm' }), delta({ reasoning_content: '…' }), say('Hello'), ...ending),
    expected: answered('', { content: [reasoning('Hm…'), text('Hello')] }),
  },
  {
    name: 'reasoning under two names is there once',
    body: events(delta({ reasoning_content: 'Hm', reasoning: 'Hm' }), say('Hello'), ...ending),
    expected: answered('', { content: [reasoning('Hm'), text('Hello')] }),
  },
  {
    name: 'another model answers',
    body: events(chunk([{ index: 0, delta: { content: 'Hello' } }], { model: 'corpus-2026-10-01' }), ...ending),
    expected: answered('Hello', { servedBy: 'corpus-2026-10-01' }),
  },
  {
    name: 'neither id nor model',
    body: events(...['{"choices":[{"delta":{"content":"Hello"},"finish_reason":"stop"}]}', done]),
    expected: { content: [text('Hello')], finish: { reason: 'stop', raw: 'stop' }, usage: 'estimated' },
  },
];

/** 0xff, which no UTF-8 holds, in place of the `#`. */
function withBrokenByte(body: string): Buffer {
  const bytes = Buffer.from(body);
  bytes[bytes.indexOf('#')] = 0xff;
  return bytes;
}

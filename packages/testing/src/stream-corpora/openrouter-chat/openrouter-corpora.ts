import { events, framingCorpora } from '../event-framing.js';
import { call, counted, reasoning, text } from '../expectations.js';
import { answered, calls, chunk, delta, done, ending, finish, say } from '../openai-chat/chat-chunks.js';
import type { StreamCorpus } from '../stream-corpus.js';

const processing = ': OPENROUTER PROCESSING\n\n';
const thought = (index: number | undefined, type: string, more: object) =>
  delta({
    content: '',
    reasoning_details: [{ type: `reasoning.${type}`, ...more, ...(index !== undefined && { index }) }],
  });
const failure = (message: string, code: unknown, more: object = {}) =>
  chunk([{ index: 0, delta: { content: '' }, finish_reason: 'error' }], { error: { message, code }, ...more });

/** Streams of OpenRouter, which are Chat Completions and more. */
export const openRouterCorpora: readonly StreamCorpus[] = [
  ...framingCorpora([say('Grüße 🎭'), ...ending], answered('Grüße 🎭')),
  {
    name: 'comments while the upstream is waited for',
    body: processing.repeat(3) + events(say('Hel')) + processing + events(say('lo'), ...ending),
    expected: answered('Hello'),
  },
  {
    name: 'usage with its cost, beside the finish reason',
    body: events(
      chunk([{ index: 0, delta: { content: 'Hello' }, finish_reason: 'stop', native_finish_reason: 'STOP' }], {
        provider: 'Some Upstream',
        usage: {
          prompt_tokens: 9,
          completion_tokens: 2,
          cost: 0.00012,
          is_byok: false,
          prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 },
          cost_details: { upstream_inference_cost: null },
        },
      }),
      done,
    ),
    expected: answered('Hello', {
      usage: { ...counted, cachedInputTokens: 4, cacheWriteInputTokens: 3, cost: 0.00012 },
    }),
  },
  {
    name: 'a cost of nothing, for free models',
    body: events(
      say('Hello'),
      finish('stop'),
      chunk([], { usage: { prompt_tokens: 9, completion_tokens: 2, cost: 0 } }),
      done,
    ),
    expected: answered('Hello', { usage: { ...counted, cost: 0 } }),
  },
  {
    name: 'a cost that is null',
    body: events(
      say('Hello'),
      finish('stop'),
      chunk([], { usage: { prompt_tokens: 9, completion_tokens: 2, cost: null } }),
      done,
    ),
    expected: answered('Hello'),
  },
  {
    name: 'a cost of the caller’s own key at the upstream',
    body: events(
      say('Hello'),
      finish('stop'),
      chunk([], {
        usage: {
          prompt_tokens: 9,
          completion_tokens: 2,
          cost: 0.0001,
          is_byok: true,
          cost_details: { upstream_inference_cost: 0.002 },
        },
      }),
      done,
    ),
    expected: answered('Hello', { usage: { ...counted, cost: 0.0001 + 0.002 } }),
  },
  {
    name: 'usage is missing',
    body: events(say('Hello'), finish('stop'), done),
    expected: answered('Hello', { usage: 'estimated' }),
  },
  {
    name: 'reasoning in pieces, with the signature that seals it',
    body: events(
      delta({
        reasoning: 'First ',
        reasoning_details: [{ type: 'reasoning.text', text: 'First ', index: 0, format: 'f' }],
      }),
      delta({ reasoning: 'this.', reasoning_details: [{ type: 'reasoning.text', text: 'this.', index: 0 }] }),
      thought(0, 'text', { signature: 's1gn' }),
      say('Hello'),
      ...ending,
    ),
    expected: answered('', {
      content: [
        reasoning('First this.', [
          { type: 'reasoning.text', text: 'First this.', index: 0, format: 'f', signature: 's1gn' },
        ]),
        text('Hello'),
      ],
    }),
  },
  {
    name: 'reasoning that is encrypted, without a word of it',
    body: events(thought(0, 'encrypted', { data: 'AAAA', id: 'r1' }), say('Hello'), ...ending),
    expected: answered('', {
      content: [reasoning('', [{ type: 'reasoning.encrypted', data: 'AAAA', id: 'r1', index: 0 }]), text('Hello')],
    }),
  },
  {
    name: 'two blocks of reasoning and a summary stay apart and in order',
    body: events(
      thought(0, 'text', { text: 'a' }),
      thought(1, 'text', { text: 'b' }),
      thought(2, 'summary', { summary: 'c' }),
      delta({ reasoning: 'abc' }),
      say('Hello'),
      ...ending,
    ),
    expected: answered('', {
      content: [
        reasoning('abc', [
          { type: 'reasoning.text', text: 'a', index: 0 },
          { type: 'reasoning.text', text: 'b', index: 1 },
          { type: 'reasoning.summary', summary: 'c', index: 2 },
        ]),
        text('Hello'),
      ],
    }),
  },
  {
    name: 'reasoning before a tool call',
    body: events(
      delta({ reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm', signature: 's', index: 0 }] }),
      calls({ index: 0, id: 'a', name: 'add', arguments: '{"x"' }),
      calls({ index: 0, arguments: ':1}' }),
      finish('tool_calls'),
      ...ending.slice(1),
    ),
    expected: answered('', {
      content: [
        reasoning('Hm', [{ type: 'reasoning.text', text: 'Hm', signature: 's', index: 0 }]),
        call('a', 'add', { x: 1 }),
      ],
      finish: { reason: 'tool_calls', raw: 'tool_calls' },
    }),
  },
  {
    name: 'null and empty reasoning details',
    body: events(
      delta({ content: 'Hel', reasoning: null, reasoning_details: null }),
      delta({ content: 'lo', reasoning_details: [] }),
      ...ending,
    ),
    expected: answered('Hello'),
  },
  {
    name: 'another model of the fallback list answers',
    body: events(chunk([{ index: 0, delta: { content: 'Hello' } }], { model: 'vendor/second' }), ...ending),
    expected: answered('Hello', { servedBy: 'vendor/second' }),
  },
  {
    name: 'fails: the upstream fails after text, with an error and its finish reason',
    body: events(say('Hel'), failure('Provider disconnected', 502), done),
    expected: { code: 'provider_unavailable', text: 'Hel' },
  },
  {
    name: 'fails: an error inside the choice',
    body: events(
      say('Hel'),
      chunk([{ index: 0, delta: {}, finish_reason: null, error: { code: 429, message: 'Slow down' } }]),
      ...ending,
    ),
    expected: { code: 'provider_rate_limited', text: 'Hel' },
  },
  {
    name: 'fails: the finish reason is error and nothing says why',
    body: events(say('Hel'), finish('error'), done),
    expected: { code: 'provider_unavailable', text: 'Hel' },
  },
  {
    name: 'fails: no upstream is left, after comments',
    body:
      processing + events(JSON.stringify({ error: { code: 503, message: 'No instances available' }, user_id: 'u' })),
    expected: { code: 'provider_overloaded' },
  },
  {
    name: 'fails: no credit is left',
    body: events(JSON.stringify({ error: { code: 402, message: 'Insufficient credits', metadata: {} } })),
    expected: { code: 'provider_quota_exceeded' },
  },
  {
    name: 'fails: moderation flags the input',
    body: events(failure('Your input was flagged', 403, { provider: 'Some Upstream' })),
    expected: { code: 'provider_content_filtered' },
  },
  {
    name: 'fails: nothing but comments',
    body: processing.repeat(4),
    expected: { code: 'provider_stream_interrupted' },
  },
  {
    name: 'fails: the body ends without [DONE]',
    body: events(say('Hello'), ...ending.slice(0, -1)),
    expected: { code: 'provider_stream_interrupted', text: 'Hello' },
  },
  {
    name: 'fails: reasoning details that are no list',
    body: events(delta({ reasoning_details: 'x' }), delta({ reasoning_details: 5 }), ...ending),
    expected: { code: 'provider_bad_response' },
  },
];

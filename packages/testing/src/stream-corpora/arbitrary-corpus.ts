import type { JsonObject } from '@troupe/contracts';
import fc from 'fast-check';
import * as anthropic from './anthropic-messages/message-events.js';
import { events } from './event-framing.js';
import { call, text } from './expectations.js';
import * as ollama from './ollama-chat/chat-lines.js';
import * as openai from './openai-chat/chat-chunks.js';
import * as responses from './openai-responses/response-events.js';
import type { CorpusFormat, ExpectedAnswer, ExpectedPart, StreamCorpus } from './stream-corpus.js';

/** An answer and how it is streamed, in no format's words. */
type RandomPart =
  | { type: 'text'; pieces: string[] }
  | { type: 'call'; name: string; arguments: JsonObject; size: number };

interface RandomAnswer {
  parts: RandomPart[];
  frame: (body: string) => string;
}

const words = fc.string({ unit: fc.constantFrom('a', ' ', '\n', 'ü', '本', '🎭', '"', '\\', '\u2028', '{', 'data: ') });
const json = fc.dictionary(
  fc.string({ maxLength: 5 }),
  fc.oneof(words, fc.integer(), fc.boolean(), fc.constant(null)),
  {
    maxKeys: 4,
    noNullPrototype: true,
  },
);
const part: fc.Arbitrary<RandomPart> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), pieces: fc.array(words, { maxLength: 4 }) }),
  fc.record({
    type: fc.constant('call' as const),
    name: fc.constantFrom('add', 'look_up'),
    arguments: json,
    size: fc.integer({ min: 1, max: 9 }),
  }),
);

/** Ways to write server-sent events down, and lines. */
const eventFrames = [
  (body: string) => body,
  (body: string) => body.replaceAll('\n', '\r\n'),
  (body: string) => body.replaceAll('\n', '\r'),
  (body: string) => body.replaceAll('\n\n', '\n\n: keep-alive\n\n').replace(/\n\n: keep-alive\n\n$/, ''),
  (body: string) => `\ufeff${body.replace(/(^|\n)data: /g, '$1id: 1\ndata:')}`,
];
const lineFrames = [
  (body: string) => body,
  (body: string) => body.replaceAll('\n', '\r\n'),
  (body: string) => `\n${body.replaceAll('\n', '\n\n')}`,
];

/** A random answer in this format, with what must come of it. */
export function arbitraryCorpus(format: CorpusFormat): fc.Arbitrary<StreamCorpus> {
  const frames = format === 'ollama-chat' ? lineFrames : eventFrames;
  return fc.record({ parts: fc.array(part, { maxLength: 5 }), frame: fc.constantFrom(...frames) }).map((answer) => ({
    name: 'random',
    body: answer.frame(writers[format](answer.parts)),
    expected: expectedOf(format, answer),
  }));
}

const idOf = (index: number) => `call_${index}`;

function expectedOf(format: CorpusFormat, { parts }: RandomAnswer): ExpectedAnswer {
  const content: ExpectedPart[] = [];
  let calls = 0;
  for (const item of parts) {
    if (item.type === 'call') {
      content.push(call(idOf(calls), item.name, item.arguments));
      calls += 1;
      continue;
    }
    const said = item.pieces.join('');
    const last = content.at(-1);
    if (said === '') continue;
    // Neighbours are one part: deltas do not say where a text ends.
    if (last?.type === 'text') last.text += said;
    else content.push(text(said));
  }
  return answered[format](content, calls > 0);
}

const toolCalls = { reason: 'tool_calls' as const };

const chatAnswered = (content: ExpectedPart[], hasCalls: boolean) =>
  openai.answered('', { content, ...(hasCalls && { finish: { ...toolCalls, raw: 'tool_calls' } }) });

const answered: Record<CorpusFormat, (content: ExpectedPart[], hasCalls: boolean) => ExpectedAnswer> = {
  'anthropic-messages': (content, hasCalls) =>
    anthropic.answered('', { content, ...(hasCalls && { finish: { ...toolCalls, raw: 'tool_use' } }) }),
  'ollama-chat': (content, hasCalls) =>
    ollama.answered('', { content, ...(hasCalls && { finish: { ...toolCalls, raw: 'stop' } }) }),
  'openai-chat': chatAnswered,
  'openai-responses': (content, hasCalls) =>
    responses.answered('', { content, ...(hasCalls && { finish: { ...toolCalls, raw: 'completed' } }) }),
  'openrouter-chat': chatAnswered,
};

type Writer = (parts: readonly RandomPart[]) => string;

const writeChat: Writer = (parts) => {
  let calls = 0;
  const data = parts.flatMap((item) => {
    if (item.type === 'text') return item.pieces.map(openai.say);
    const index = calls;
    calls += 1;
    return [
      openai.calls({ index, id: idOf(index), name: item.name, arguments: '' }),
      ...piecesOf(item).map((piece) => openai.calls({ index, arguments: piece })),
    ];
  });
  return events(...data, openai.finish(calls > 0 ? 'tool_calls' : 'stop'), openai.usage, openai.done);
};

const writeMessage: Writer = (parts) => {
  let calls = 0;
  const blocks = parts.map((item, index) => {
    if (item.type === 'text') {
      return (
        anthropic.openText(index) +
        item.pieces.map((piece) => anthropic.say(piece, index)).join('') +
        anthropic.close(index)
      );
    }
    const opened = anthropic.openTool(idOf(calls), item.name, index);
    calls += 1;
    return (
      opened +
      piecesOf(item)
        .map((piece) => anthropic.args(piece, index))
        .join('') +
      anthropic.close(index)
    );
  });
  return anthropic.start() + blocks.join('') + anthropic.finish(calls > 0 ? 'tool_use' : 'end_turn') + anthropic.stop;
};

const writeResponse: Writer = (parts) => {
  let calls = 0;
  const items = parts.map((item, index) => {
    if (item.type === 'text') return responses.message(item.pieces, index);
    const written = responses.called(idOf(calls), item.name, piecesOf(item), index);
    calls += 1;
    return written;
  });
  return responses.created + items.join('') + responses.completed();
};

const writeLines: Writer = (parts) => {
  let calls = 0;
  const lines = parts.map((item) => {
    if (item.type === 'text') return item.pieces.map(ollama.say).join('');
    const line = ollama.calls({ id: idOf(calls), name: item.name, arguments: item.arguments });
    calls += 1;
    return line;
  });
  return lines.join('') + ollama.end();
};

const writers: Record<CorpusFormat, Writer> = {
  'anthropic-messages': writeMessage,
  'ollama-chat': writeLines,
  'openai-chat': writeChat,
  'openai-responses': writeResponse,
  'openrouter-chat': writeChat,
};

function piecesOf(item: Extract<RandomPart, { type: 'call' }>): string[] {
  const written = [...JSON.stringify(item.arguments)];
  const pieces: string[] = [];
  for (let start = 0; start < written.length; start += item.size) {
    pieces.push(written.slice(start, start + item.size).join(''));
  }
  return pieces;
}

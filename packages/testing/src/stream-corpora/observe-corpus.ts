import { isDeepStrictEqual } from 'node:util';
import type { ContentPart, JsonValue } from '@troupe/contracts';
import type { ChatModel, ModelEvent, ModelRequest, ModelResponse } from '@troupe/spec';
import type { ExpectedPart, StreamCorpus } from './stream-corpus.js';
import { isAnswer } from './stream-corpus.js';

/** What came out of a stream, reduced to what corpora speak of. */
export interface CorpusOutcome {
  /** Text deltas, joined. */
  text: string;
  /** The code of the error, or what was thrown in place of a TroupeError. */
  failure?: string;
  answer?: {
    content: ExpectedPart[];
    finish: ModelResponse['finish'];
    usage: ModelResponse['usage'] | 'estimated';
    responseId?: string;
    servedBy?: string;
  };
  /** Where events and answer contradict each other or the contract of a ChatModel. */
  contradictions: string[];
}

const request: ModelRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] };
/** A stream over a whole body ends within milliseconds, on a busy machine too. */
const hangMs = 10_000;
const madeId = 'made';

/** Streams one answer to its end. Never throws; a stream that does not end is the failure `hangs`. */
export async function observeCorpus(model: ChatModel, corpus: StreamCorpus): Promise<CorpusOutcome> {
  const events: ModelEvent[] = [];
  const hung = Promise.withResolvers<never>();
  const timer = setTimeout(() => hung.reject(new Error('hangs')), hangMs);
  const read = async () => {
    for await (const event of model.stream(request)) events.push(event);
  };
  let failure: string | undefined;
  try {
    await Promise.race([read(), hung.promise]);
  } catch (error) {
    failure = codeOf(error);
  } finally {
    clearTimeout(timer);
  }
  return summarize(events, failure, corpus);
}

/** The outcome that a corpus expects of its whole body. */
export function expectedOutcome({ expected }: StreamCorpus): CorpusOutcome {
  if (!isAnswer(expected)) return { text: expected.text ?? '', failure: expected.code, contradictions: [] };
  const { content, finish, usage, responseId, servedBy } = expected;
  return {
    text: textOf(content),
    answer: {
      content: content.map((part) => (part.type === 'tool_call' ? { ...part, id: part.id ?? madeId } : part)),
      finish,
      usage,
      ...(responseId !== undefined && { responseId }),
      ...(servedBy !== undefined && { servedBy }),
    },
    contradictions: [],
  };
}

function summarize(events: readonly ModelEvent[], failure: string | undefined, corpus: StreamCorpus): CorpusOutcome {
  const last = events.at(-1);
  const response = last?.type === 'completed' ? last.response : undefined;
  const outcome: CorpusOutcome = { text: joined(events, 'text.delta'), contradictions: [] };
  if (failure !== undefined) outcome.failure = failure;
  if (response !== undefined) {
    const { finish, usage, responseId, servedBy } = response;
    outcome.answer = {
      content: reduceContent(response.content, corpus),
      finish,
      usage: usage.estimated ? 'estimated' : usage,
      ...(responseId !== undefined && { responseId }),
      ...(servedBy !== undefined && { servedBy }),
    };
  }
  outcome.contradictions = findContradictions(events, response, failure);
  return outcome;
}

/** Fields that the corpus says nothing of are left out: ids that are made, envelopes that are not looked at. */
function reduceContent(content: readonly ContentPart[], { expected }: StreamCorpus): ExpectedPart[] {
  const wanted = isAnswer(expected) ? expected.content : [];
  return content.map((part, index): ExpectedPart => {
    const like = wanted[index];
    switch (part.type) {
      case 'text':
        return { type: 'text', text: part.text };
      case 'reasoning': {
        const sealed = like?.type === 'reasoning' ? like.sealed : undefined;
        const data = part.opaque?.data ?? null;
        return {
          type: 'reasoning',
          text: part.text,
          ...(sealed !== undefined && { sealed: holds(data, sealed) ? sealed : data }),
        };
      }
      case 'tool_call': {
        const isMade = like?.type === 'tool_call' && like.id === undefined && part.id !== '';
        const { name, arguments: args, invalid_arguments } = part;
        return {
          type: 'tool_call',
          id: isMade ? madeId : part.id,
          name,
          arguments: args,
          ...(invalid_arguments !== undefined && { invalid_arguments }),
        };
      }
      default:
        throw new Error(`An answer holds a part of type ${part.type}.`);
    }
  });
}

/** Envelopes are the adapter's own: what must go back stands somewhere in it, untouched. */
function holds(data: JsonValue, sealed: JsonValue): boolean {
  if (isDeepStrictEqual(data, sealed)) return true;
  return typeof data === 'object' && data !== null && Object.values(data).some((value) => holds(value, sealed));
}

function findContradictions(
  events: readonly ModelEvent[],
  response: ModelResponse | undefined,
  failure: string | undefined,
): string[] {
  const found: string[] = [];
  const completions = events.filter(({ type }) => type === 'completed').length;
  if (completions > 1) found.push('completed more than once');
  if (completions > 0 && response === undefined) found.push('events after completed');
  if (response !== undefined && failure !== undefined) found.push('an answer and an error');
  if (response === undefined && failure === undefined) found.push('neither an answer nor an error');
  for (const event of events) {
    if ('delta' in event && (typeof event.delta !== 'string' || event.delta === ''))
      found.push(`${event.type} of nothing`);
  }
  if (response === undefined) return found;
  const { content } = response;
  const textParts = content.filter((part) => part.type === 'text');
  const reasoningParts = content.filter((part) => part.type === 'reasoning');
  if (textParts.map(({ text }) => text).join('') !== joined(events, 'text.delta')) found.push('text is not its deltas');
  if (reasoningParts.map(({ text }) => text).join('') !== joined(events, 'reasoning.delta')) {
    found.push('reasoning is not its deltas');
  }
  const calls = content.filter((part) => part.type === 'tool_call');
  if (new Set(calls.map(({ id }) => id)).size < calls.length) found.push('calls with the same id');
  const started = events.filter((event) => event.type === 'tool_call.started');
  const announced = started.map(({ index, id, name }) => ({ index, id, name }));
  if (
    !isDeepStrictEqual(
      announced,
      calls.map(({ id, name }, index) => ({ index, id, name })),
    )
  ) {
    found.push('calls are not those that were started');
  }
  for (const [index, call] of calls.entries()) {
    const deltas = events.map((event) =>
      event.type === 'tool_call.delta' && event.index === index ? event.delta : '',
    );
    if (!writes(deltas.join(''), call)) found.push(`arguments of call ${index} are not their deltas`);
  }
  return found;
}

function writes(written: string, call: Extract<ContentPart, { type: 'tool_call' }>): boolean {
  if (call.invalid_arguments !== undefined) return written === call.invalid_arguments;
  return isDeepStrictEqual(written.trim() === '' ? {} : JSON.parse(written), call.arguments);
}

function joined(events: readonly ModelEvent[], type: 'text.delta' | 'reasoning.delta'): string {
  return events.map((event) => (event.type === type ? event.delta : '')).join('');
}

function textOf(content: readonly ExpectedPart[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** Of a TroupeError its code; anything else shows itself. By shape, since a package may be there twice. */
function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && 'fault' in error) return String(error.code);
  return `untyped: ${error instanceof Error ? error.stack : String(error)}`;
}

import type { ModelEvent, ModelResponse } from '@troupe/spec';
import { CallScope } from './call-scope.js';
import type { HttpResponse } from './http-response.js';
import type { CallPhase, ProviderErrors } from './provider-errors.js';
import { MalformedAnswer } from './provider-failure.js';

/** Cuts a body into the texts that carry one piece of an answer each. */
export interface FrameReader {
  push(bytes: Buffer): string[];
  /** What the end of the body completes. */
  end(): string[];
}

/** Understands one provider's pieces. Throws ReportedFailure, MalformedAnswer and SyntaxError. */
export interface AnswerParser {
  /** The provider's own end marker was seen. */
  readonly ended: boolean;
  /** Adds the events that the piece means. */
  push(frame: string, events: ModelEvent[]): void;
  /** The whole answer, after the end. */
  finish(): ModelResponse;
}

export interface StreamCall {
  open(signal: AbortSignal): Promise<HttpResponse>;
  frames: FrameReader;
  parser: AnswerParser;
  errors: ProviderErrors;
  contentIdleMs: number;
  signal?: AbortSignal;
}

/** Streams one answer: opens it, reads it to the provider's end marker, and lets go of the connection in every case. */
export async function* streamModelEvents(call: StreamCall): AsyncGenerator<ModelEvent, void, undefined> {
  const { frames, parser, errors, signal } = call;
  const scope = new CallScope(signal);
  let phase: CallPhase = 'request';
  let response: HttpResponse | undefined;
  try {
    response = await call.open(scope.signal);
    phase = 'body';
    await requireStream(response);
    const { received } = response;
    let contentAt = Date.now();
    const events: ModelEvent[] = [];
    for (let bytes = await received.read(); bytes !== null; bytes = await received.read()) {
      const pieces = frames.push(bytes);
      if (pieces.length > 0) contentAt = Date.now();
      else if (Date.now() - contentAt > call.contentIdleMs) throw errors.timeout('only heartbeats came');
      for (const piece of pieces) {
        parser.push(piece, events);
        for (const event of events) {
          signal?.throwIfAborted();
          yield event;
        }
        events.length = 0;
        if (!parser.ended) continue;
        received.drain();
        yield { type: 'completed', response: parser.finish() };
        return;
      }
    }
    yield* lastEvents(call, events);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw errors.fromThrown(error, phase);
  } finally {
    response?.received.cancel();
    scope.close();
  }
}

/** Some servers leave out the line end behind their end marker; anything else that is left over is a cut. */
function* lastEvents({ frames, parser, errors }: StreamCall, events: ModelEvent[]): Generator<ModelEvent> {
  try {
    for (const piece of frames.end()) parser.push(piece, events);
  } catch (error) {
    if (error instanceof SyntaxError) throw errors.interrupted('the last piece is cut', error);
    throw error;
  }
  yield* events;
  if (!parser.ended) throw errors.interrupted('the end marker is missing');
  yield { type: 'completed', response: parser.finish() };
}

/** A page or a plain JSON document is not a stream: most often a proxy, or a base URL that leads elsewhere. */
async function requireStream(response: HttpResponse): Promise<void> {
  const type = response.headers.get('content-type') ?? '';
  if (!/^(text\/html|application\/json)\b/i.test(type)) return;
  const text = await response.text();
  throw new MalformedAnswer(`${type} where a stream was expected: ${text}`);
}

import type { ModelEvent, ModelEvents, ModelResponse } from '@troupe/spec';
import { CallClocks } from './call-clocks.js';
import { CallScope } from './call-scope.js';
import type { HttpResponse } from './http-response.js';
import { withLimits } from './limit-feedback.js';
import type { CallPhase, ProviderErrors } from './provider-errors.js';
import { MalformedAnswer } from './provider-failure.js';
import type { ProviderTimeouts } from './provider-timeouts.js';
import type { BodySink } from './response-body.js';

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
  /** Whether a piece says nothing but that the connection lives. Absent: none does. */
  isHeartbeat?(frame: string): boolean;
  /** The whole answer, after the end. */
  finish(): ModelResponse;
}

/** One request whose answer is read as it comes. */
export interface StreamCall {
  open(signal: AbortSignal): Promise<HttpResponse>;
  frames: FrameReader;
  parser: AnswerParser;
  errors: ProviderErrors;
  timeouts: ProviderTimeouts;
  signal?: AbortSignal;
}

/** Unread events beyond which the provider is made to wait. */
const MANY_EVENTS = 10_000;

/**
 * Streams one answer: opens it, reads it to the provider's end marker, and lets go of the connection in every case.
 * Nothing is sent before the first event is asked for.
 */
export function streamModelEvents(
  call: StreamCall,
): Required<ModelEvents> & AsyncIterableIterator<ModelEvent, undefined> {
  return new ModelEventStream(call);
}

/**
 * Pieces are understood in the moment in which they arrive, and an event that is waited for is handed over at once: an
 * async generator over the body would cost each token several promises instead of one.
 */
class ModelEventStream implements Required<ModelEvents>, AsyncIterableIterator<ModelEvent, undefined>, BodySink {
  readonly #call: StreamCall;
  readonly #events: ModelEvent[] = [];
  /** The first event that was not taken yet. */
  #next = 0;
  #state: 'new' | 'reading' | 'ended' = 'new';
  #failure: { error: unknown } | undefined;
  #scope: CallScope | undefined;
  #response: HttpResponse | undefined;
  #clocks: CallClocks | undefined;
  #taker: PromiseWithResolvers<IteratorResult<ModelEvent, undefined>> | undefined;
  #listener: ((event: ModelEvent) => void) | undefined;

  constructor(call: StreamCall) {
    this.#call = call;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<ModelEvent, undefined>> {
    // Whoever asks again before the answer is next in line.
    if (this.#taker !== undefined)
      return this.#taker.promise.then(
        () => this.next(),
        () => this.next(),
      );
    if (this.#state === 'new') void this.#open();
    const taker = Promise.withResolvers<IteratorResult<ModelEvent, undefined>>();
    this.#taker = taker;
    this.#give();
    return taker.promise;
  }

  /** Whoever listens takes the end like anyone who asks for the next event, and the events before it without asking. */
  async forEach(listener: (event: ModelEvent) => void): Promise<void> {
    this.#listener = listener;
    await this.next();
  }

  return(): Promise<IteratorResult<ModelEvent, undefined>> {
    this.#events.length = this.#next = 0;
    this.#failure = undefined;
    this.#end();
    this.#give();
    return Promise.resolve({ done: true, value: undefined });
  }

  push(bytes: Buffer): void {
    if (this.#state === 'ended') return;
    const { frames, parser } = this.#call;
    try {
      const pieces = frames.push(bytes);
      let hasContent = false;
      for (const piece of pieces) {
        hasContent ||= !parser.isHeartbeat?.(piece);
        parser.push(piece, this.#events);
        if (parser.ended) break;
      }
      this.#clocks?.arrived(hasContent);
      if (parser.ended) this.#complete();
      if (this.#events.length - this.#next > MANY_EVENTS) this.#pause();
      this.#give();
    } catch (error) {
      this.#fail(error, 'body');
    }
  }

  /** Some servers leave out the line end behind their end marker; anything else that is left over is a cut. */
  end(): void {
    if (this.#state === 'ended') return;
    const { frames, parser, errors } = this.#call;
    try {
      for (const piece of frames.end()) parser.push(piece, this.#events);
      if (!parser.ended) throw errors.interrupted('the end marker is missing');
      this.#complete();
    } catch (error) {
      const isCut = error instanceof SyntaxError;
      this.#fail(isCut ? errors.interrupted('the last piece is cut', error) : error, 'body');
    }
  }

  fail(error: Error): void {
    this.#fail(error, 'body');
  }

  async #open(): Promise<void> {
    this.#state = 'reading';
    let phase: CallPhase = 'request';
    this.#scope = new CallScope(this.#call.signal);
    this.#clocks = new CallClocks(this.#call.timeouts, (what) => this.#fail(this.#call.errors.timeout(what), 'body'));
    try {
      this.#response = await this.#call.open(this.#scope.signal);
      phase = 'body';
      await requireStream(this.#response);
      if (this.#isReading()) this.#response.received.flowTo(this);
      else this.#response.received.cancel();
    } catch (error) {
      this.#fail(error, phase);
    }
  }

  #complete(): void {
    const { parser, errors } = this.#call;
    const response = withLimits(parser.finish(), this.#response?.headers, errors.readLimits);
    this.#response?.received.drain();
    this.#events.push({ type: 'completed', response });
    this.#end();
    this.#give();
  }

  #fail(error: unknown, phase: CallPhase): void {
    if (this.#state === 'ended') return;
    this.#failure = { error: this.#call.errors.fromThrown(error, phase) };
    this.#end();
    this.#give();
  }

  #end(): void {
    this.#state = 'ended';
    this.#clocks?.stop();
    this.#response?.received.cancel();
    // A call that is still on its way has no body yet that could be closed.
    if (this.#response === undefined) this.#scope?.abort();
    this.#scope?.close();
  }

  #pause(): void {
    this.#clocks?.hold();
    this.#response?.received.pause();
  }

  /** Asked across an await, during which it may have ended. */
  #isReading(): boolean {
    return this.#state === 'reading';
  }

  /** Answers whoever waits, when there is something to answer: events first, then why there are no more. */
  #give(): void {
    const taker = this.#taker;
    if (taker === undefined) return;
    if (this.#listener !== undefined) this.#tell(this.#listener);
    const event = this.#first();
    if (event !== undefined) {
      this.#taker = undefined;
      taker.resolve({ done: false, value: event });
      this.#taken();
    } else if (this.#state === 'ended') {
      this.#taker = undefined;
      if (this.#failure === undefined) taker.resolve({ done: true, value: undefined });
      else taker.reject(this.#failure.error);
      this.#failure = undefined;
    }
  }

  /** What a listener is told is not left for whoever waits for the end. */
  #tell(listener: (event: ModelEvent) => void): void {
    try {
      for (let event = this.#first(); event !== undefined; event = this.#first()) {
        listener(event);
        this.#taken();
      }
    } catch (error) {
      this.#events.length = this.#next = 0;
      this.#failure = { error };
      this.#end();
    }
  }

  /** The event that is to be taken next. */
  #first(): ModelEvent | undefined {
    if (this.#call.signal?.aborted) this.#abort();
    return this.#events[this.#next];
  }

  /** Whatever has arrived or broken meanwhile, an aborted call throws its signal's reason; only a whole answer stands. */
  #abort(): void {
    const first = this.#events[this.#next];
    if (first === undefined ? this.#failure === undefined : first.type === 'completed') return;
    this.#events.length = this.#next = 0;
    this.#failure = { error: this.#call.signal?.reason };
    this.#end();
  }

  /** Last of all that is done with an event: a socket that is resumed may bring the next ones before it returns. */
  #taken(): void {
    this.#next += 1;
    if (this.#next < this.#events.length) return;
    this.#events.length = this.#next = 0;
    this.#clocks?.release();
    this.#response?.received.resume();
  }
}

/** A page or a plain JSON document is not a stream: most often a proxy, or a base URL that leads elsewhere. */
async function requireStream(response: HttpResponse): Promise<void> {
  const type = response.headers.get('content-type') ?? '';
  if (!/^(text\/html|application\/json)\b/i.test(type)) return;
  const text = await response.text();
  throw new MalformedAnswer(`${type} where a stream was expected: ${text}`);
}

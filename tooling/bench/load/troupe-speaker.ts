import type { HttpConnection, HttpRequest } from './http-connection.js';
import type { LoadJob } from './load-job.js';
import { unquoted } from './openai-speaker.js';
import { readJson, readStream } from './read-answer.js';
import { type ReplyMeasure, startMeasure } from './reply-measure.js';
import type { Speaker } from './speaker.js';
import { fieldOf } from './sse-splitter.js';

const FAILURES = new Set(['run.failed', 'run.cancelled', 'run.expired', 'step.restarted']);

/** Asks `POST /api/llm/interact`. */
export class TroupeSpeaker implements Speaker {
  readonly #job: LoadJob;
  #threadId: string | undefined;
  #questions = 0;
  /** Whether the stream said that the run is complete, rather than just ending. */
  #completed = false;

  constructor(job: LoadJob) {
    this.#job = job;
    this.#threadId = job.threadId;
  }

  get threadId(): string | undefined {
    return this.#threadId;
  }

  async ask(connection: HttpConnection): Promise<ReplyMeasure> {
    this.#questions += 1;
    this.#completed = false;
    const measure = startMeasure();
    if (this.#job.stream) {
      await readStream(connection, this.#request(), measure, (frame) => this.#readFrame(frame, measure));
      if (!this.#completed) measure.problem ??= 'the stream ended before run.completed';
    } else {
      await readJson(connection, this.#request(), measure, (body) => this.#readText(body, measure));
    }
    return measure;
  }

  #request(): HttpRequest {
    const { url, apiKey, model, stream, oneConversation } = this.#job;
    return {
      method: 'POST',
      url: new URL('/api/llm/interact', url),
      headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
      body: JSON.stringify({
        message: `Tell me a story, part ${this.#questions}.`,
        model: `openai/${model}`,
        stream,
        ...(oneConversation && { thread_id: this.#threadId }),
      }),
    };
  }

  #readFrame(frame: string, measure: ReplyMeasure): string | undefined {
    const type = fieldOf(frame, 'event');
    if (type === 'text.delta') return unquoted(frame, frame.indexOf('"delta":"') + '"delta":"'.length);
    if (type === undefined) return undefined;
    if (type === 'run.queued') this.#threadId = JSON.parse(fieldOf(frame, 'data') ?? '{}').thread_id;
    if (type === 'run.completed') this.#completed = true;
    if (FAILURES.has(type)) measure.problem = `${type}: ${fieldOf(frame, 'data')}`;
    return undefined;
  }

  #readText(body: string, measure: ReplyMeasure): string | undefined {
    const answer = JSON.parse(body);
    this.#threadId = answer.thread_id;
    if (answer.status !== 'completed') measure.problem = `run ${answer.status}: ${answer.stop_reason}`;
    return answer.response ?? undefined;
  }
}

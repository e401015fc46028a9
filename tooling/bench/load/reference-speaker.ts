import { randomUUID } from 'node:crypto';
import type { HttpConnection, HttpRequest } from './http-connection.js';
import type { LoadJob } from './load-job.js';
import { unquoted } from './openai-speaker.js';
import { readJson, readStream } from './read-answer.js';
import { type ReplyMeasure, startMeasure } from './reply-measure.js';
import type { Speaker } from './speaker.js';
import { fieldOf } from './sse-splitter.js';

const TEXT = 'data: "';

/** Asks the reference's `POST /threads/:id/runs`; threads are named by who asks. */
export class ReferenceSpeaker implements Speaker {
  readonly #job: LoadJob;
  #threadId: string | undefined;
  #questions = 0;
  #ended = false;

  constructor(job: LoadJob) {
    this.#job = job;
    this.#threadId = job.threadId;
  }

  get threadId(): string | undefined {
    return this.#threadId;
  }

  async ask(connection: HttpConnection): Promise<ReplyMeasure> {
    const { oneConversation, stream } = this.#job;
    this.#questions += 1;
    this.#ended = false;
    if (!oneConversation || this.#threadId === undefined) this.#threadId = randomUUID();
    const measure = startMeasure();
    if (stream) {
      await readStream(connection, this.#request(this.#threadId), measure, (frame) => this.#readFrame(frame, measure));
      if (!this.#ended) measure.problem ??= 'the stream ended before its last event';
    } else {
      await readJson(connection, this.#request(this.#threadId), measure, (body) => JSON.parse(body).response);
    }
    return measure;
  }

  #request(threadId: string): HttpRequest {
    const { url, model, stream } = this.#job;
    return {
      method: 'POST',
      url: new URL(`/threads/${threadId}/runs`, url),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: `Tell me a story, part ${this.#questions}.`, model, stream }),
    };
  }

  #readFrame(frame: string, measure: ReplyMeasure): string | undefined {
    if (frame.startsWith(TEXT)) return unquoted(frame, TEXT.length);
    const type = fieldOf(frame, 'event');
    if (type === 'end') this.#ended = true;
    else measure.problem = `${type}: ${fieldOf(frame, 'data')}`;
    return undefined;
  }
}

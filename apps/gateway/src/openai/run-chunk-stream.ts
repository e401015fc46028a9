import { parseFrames } from '@troupe/run-log';
import type { RunReader } from '../runs/run-service.js';
import type { EventStream } from '../streaming/event-stream.js';
import type { AnswerPieces } from './answer-form.js';
import { RunChunks } from './run-chunks.js';

/** Reads a run's frames on behalf of a client that wants chunks. */
export class RunChunkStream implements RunReader {
  readonly #stream: EventStream;
  readonly #run: RunChunks;

  constructor(stream: EventStream, chunks: AnswerPieces) {
    this.#stream = stream;
    this.#run = new RunChunks(chunks);
    stream.send(chunks.begin());
  }

  send(frames: string): void {
    const chunks = this.#run.add(parseFrames(frames));
    if (this.#run.ended) this.#stream.end(chunks);
    else if (chunks !== '') this.#stream.send(chunks);
  }

  end(): void {
    this.#stream.end();
  }

  /** Ends the answer with an error; the run goes on. */
  fail(error: unknown): void {
    if (!this.#run.ended) this.#stream.end(this.#run.fail(error));
  }

  onClose(listener: () => void): void {
    this.#stream.onClose(listener);
  }

  drained(): Promise<void> {
    return this.#stream.drained();
  }
}

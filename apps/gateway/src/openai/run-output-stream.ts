import type { RunEventData } from '@troupe/contracts';
import { parseFrames } from '@troupe/run-log';
import type { RunReader } from '../runs/run-service.js';
import type { EventStream } from '../streaming/event-stream.js';
import type { AnswerPieces } from './answer-form.js';
import { finishOfRun } from './chat-completion.js';
import { usageOfRun } from './chat-usage.js';
import { RunChunks } from './run-chunks.js';

type Completed = RunEventData['run.completed'];

/**
 * The validated answer of a run as one chunk. What the model writes on the way to it is not sent: this dialect cannot take
 * back an answer that turns out not to be valid, and its clients parse the whole text as JSON.
 */
export class RunOutputStream implements RunReader {
  readonly #stream: EventStream;
  readonly #chunks: AnswerPieces;
  /** Writes every end but the good one. */
  readonly #ends: RunChunks;
  readonly #readAnswer: (runId: string) => Promise<string>;
  #ended = false;

  /** @param readAnswer of a run whose log does not tell its output: it is long, or there is none */
  constructor(stream: EventStream, chunks: AnswerPieces, readAnswer: (runId: string) => Promise<string>) {
    this.#stream = stream;
    this.#chunks = chunks;
    this.#ends = new RunChunks(chunks);
    this.#readAnswer = readAnswer;
    stream.send(chunks.begin());
  }

  send(frames: string): void {
    for (const event of parseFrames(frames)) {
      if (this.#ended) return;
      if (event.type === 'run.completed') this.#complete(event.data);
      else if (event.type.startsWith('run.')) this.#end(this.#ends.add([event]));
    }
  }

  /** The log is over: what is still to be read ends the answer. */
  end(): void {
    if (!this.#ended) this.#stream.end();
  }

  /** Ends the answer with an error; the run goes on. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stream.end(this.#chunks.fail(error));
  }

  onClose(listener: () => void): void {
    this.#stream.onClose(listener);
  }

  drained(): Promise<void> {
    return this.#stream.drained();
  }

  #complete(data: Completed): void {
    this.#ended = true;
    if ('output' in data) {
      this.#finish(data, JSON.stringify(data.output));
      return;
    }
    this.#readAnswer(data.run_id).then(
      (answer) => this.#finish(data, answer),
      (error: unknown) => this.#stream.end(this.#chunks.fail(error)),
    );
  }

  #finish({ stop_reason, usage }: Completed, content: string): void {
    const said = this.#chunks.delta({ content });
    this.#stream.end(said + this.#chunks.finish(finishOfRun(stop_reason), usageOfRun(usage)));
  }

  #end(chunks: string): void {
    if (!this.#ends.ended) return;
    this.#ended = true;
    this.#stream.end(chunks);
  }
}

import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../requests/json-object.js';
import type { SimulatedProvider } from '../simulated-request.js';

/** What becomes of a batch. Every field is optional: a batch without any is answered whole at the second look. */
export interface BatchBehavior {
  /** How often it is still under way when it is asked for; default 1. */
  polls?: number;
  /** It stays under way until `end` is called. */
  hold?: boolean;
  /** `failed`: refused as a whole while it is validated, which only OpenAI does. Default `completed`. */
  outcome?: 'completed' | 'expired' | 'failed';
  /** How many requests are answered before it expires or is cancelled; default none. */
  answered?: number;
  /** Of a batch that fails. */
  errorCode?: string;
  errorMessage?: string;
  /** It is accepted, but the connection is closed in place of an answer. */
  loseAcceptance?: boolean;
  /** So many times its status is answered with 500. */
  failPolls?: number;
  /** The first time that results are read, the connection is closed after so many lines. */
  cutResultsAfter?: number;
  /** The results of these requests, by their position, are left out. */
  withoutResults?: number[];
}

export interface BatchedRequest {
  customId: string;
  /** Where it would have been sent. */
  path: string;
  /** Those with which the batch came. */
  headers: IncomingHttpHeaders;
  body: JsonObject;
}

export interface BatchAnswer {
  customId: string;
  kind: 'succeeded' | 'errored' | 'canceled' | 'expired';
  /** Of the answer, or of the error. */
  status: number;
  /** In the vendor's own format; undefined where nothing was worked on. */
  body?: JsonObject;
}

export type BatchPhase = 'in_progress' | 'completed' | 'failed' | 'cancelled' | 'expired';

export interface SimulatedBatchOptions {
  id: string;
  provider: SimulatedProvider;
  requests: BatchedRequest[];
  metadata: Record<string, string>;
  endpoint: string;
  behavior: BatchBehavior;
  answer(request: BatchedRequest): BatchAnswer;
}

/** A batch that the simulator was sent. */
export class SimulatedBatch {
  readonly createdAt = Date.now();
  readonly id: string;
  readonly provider: SimulatedProvider;
  readonly requests: readonly BatchedRequest[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly endpoint: string;
  readonly behavior: BatchBehavior;
  phase: BatchPhase = 'in_progress';
  /** How often its status was asked for. */
  polls = 0;
  /** How often its results were. */
  reads = 0;
  cancelRequested = false;
  /** In no particular order; empty until it has ended. */
  answers: BatchAnswer[] = [];
  readonly #answer: SimulatedBatchOptions['answer'];

  constructor(options: SimulatedBatchOptions) {
    this.id = options.id;
    this.provider = options.provider;
    this.requests = options.requests;
    this.metadata = options.metadata;
    this.endpoint = options.endpoint;
    this.behavior = options.behavior;
    this.#answer = options.answer;
  }

  get ended(): boolean {
    return this.phase !== 'in_progress';
  }

  /** Somebody asks how it is. */
  poll(): void {
    this.polls += 1;
    const { hold = false, polls = 1 } = this.behavior;
    if (this.cancelRequested || (!hold && this.polls > polls)) this.end();
  }

  end(): void {
    if (this.ended) return;
    this.phase = this.cancelRequested ? 'cancelled' : (this.behavior.outcome ?? 'completed');
    if (this.phase === 'failed') return;
    const answered = this.phase === 'completed' ? this.requests.length : (this.behavior.answered ?? 0);
    const unanswered = this.phase === 'cancelled' ? 'canceled' : 'expired';
    const answers = this.requests.map((request, position): BatchAnswer => {
      if (position < answered) return this.#answer(request);
      return { customId: request.customId, kind: unanswered, status: 0 };
    });
    const { withoutResults = [] } = this.behavior;
    this.answers = shuffled(answers.filter((_, position) => !withoutResults.includes(position)));
  }

  countOf(kind: BatchAnswer['kind']): number {
    return this.answers.filter((answer) => answer.kind === kind).length;
  }
}

/** Neither in order nor in reverse, and the same every time. */
function shuffled<Entry>(entries: Entry[]): Entry[] {
  const odd = entries.filter((_, index) => index % 2 === 1);
  const even = entries.filter((_, index) => index % 2 === 0);
  return [...odd.reverse(), ...even];
}

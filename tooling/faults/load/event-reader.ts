import { setTimeout as sleep } from 'node:timers/promises';
import { fieldOf, SseSplitter } from '../../bench/load/sse-splitter.js';
import type { Random } from '../random.js';
import type { SeenEvent } from './history.js';
import { sendRequest } from './request.js';

const TERMINAL = new Set(['run.completed', 'run.failed', 'run.cancelled', 'run.expired']);

/**
 * A reader that never saw the end gives up after so long, in milliseconds: every run has a deadline before that, also where it
 * stands still while people are waited for.
 */
const GIVE_UP_AFTER_MS = 240_000;

export interface EventReaderOptions {
  urls: readonly string[];
  apiKey: string;
  random: Random;
  /** After how many events each connection in turn is left by the reader; once used up, it stays. */
  leavesAfter: readonly number[];
  /** Told of each event as it comes. */
  onEvent?(event: SeenEvent): void;
}

/** Reads one run's events to the end, over as many connections and gateways as it takes, by Last-Event-ID. */
export class EventReader {
  readonly #options: EventReaderOptions;
  readonly #leavesAfter: number[];
  readonly #giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
  readonly events: SeenEvent[] = [];
  ended = false;

  constructor(options: EventReaderOptions) {
    this.#options = options;
    this.#leavesAfter = [...options.leavesAfter];
  }

  /** Reads a body until it ends, breaks, or the reader leaves. */
  async readBody(answer: Response, leave: AbortController): Promise<void> {
    const splitter = new SseSplitter();
    const decoder = new TextDecoder();
    const timer = setTimeout(() => leave.abort(), this.#giveUpAt - Date.now());
    const leaveAt = this.events.length + (this.#leavesAfter.shift() ?? Number.POSITIVE_INFINITY);
    try {
      for await (const bytes of answer.body ?? []) {
        for (const frame of splitter.split(decoder.decode(bytes, { stream: true }))) this.#add(frame);
        if (this.ended || this.events.length >= leaveAt) return;
      }
    } catch {
      // The connection broke: what came is kept, and the next one goes on after it.
    } finally {
      clearTimeout(timer);
      leave.abort();
    }
  }

  /** Reads what is still missing. Resolves at the event that ends the run, or when the time is over. */
  async readRest(runId: string): Promise<void> {
    const { urls, apiKey, random } = this.#options;
    let gateway = random.integer(0, urls.length - 1);
    while (!this.ended && Date.now() < this.#giveUpAt) {
      gateway = (gateway + 1) % urls.length;
      const leave = new AbortController();
      const last = this.events.at(-1);
      const request = {
        url: urls[gateway] ?? '',
        path: `/api/runs/${runId}/events`,
        apiKey,
        leave,
        ...(last && { lastEventId: `${last[0]}-${last[1]}` }),
      };
      const answer = await sendRequest(request).catch(() => undefined);
      if (answer?.ok) await this.readBody(answer, leave);
      else leave.abort();
      if (!this.ended) await sleep(random.integer(50, 300));
    }
  }

  #add(frame: string): void {
    const type = fieldOf(frame, 'event');
    const id = fieldOf(frame, 'id');
    if (type === undefined || id === undefined) return;
    const [attempt, n] = id.split('-').map(Number);
    const event: SeenEvent = [attempt ?? 0, n ?? 0, type, fieldOf(frame, 'data') ?? ''];
    this.events.push(event);
    this.#options.onEvent?.(event);
    this.ended ||= TERMINAL.has(type);
  }
}

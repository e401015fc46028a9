import type { IncomingMessage } from 'node:http';
import type { ResolvedUsage } from '../replies/resolved-reply.js';
import type { SimulatedProvider, SimulatedRequest } from '../simulated-request.js';
import type { RecordedRequest } from './recorded-request.js';
import type { TrafficStats } from './traffic-counter.js';
import { TrafficCounter } from './traffic-counter.js';

export interface SimulatorStats {
  total: TrafficStats;
  providers: Partial<Record<SimulatedProvider, TrafficStats>>;
  /** Keyed `provider/model`, as the vendor's own model name follows the slash. */
  models: Record<string, TrafficStats>;
}

/** Keeps the last requests and counts all of them. */
export class RequestRecorder {
  #number = 0;
  #records: RecordedRequest[] = [];
  #counters = new Map<string, TrafficCounter>();
  /** A request that was open when the counts were reset does not end in the new ones. */
  #countersOf = new WeakMap<RecordedRequest, TrafficCounter[]>();

  constructor(
    private readonly keep: number,
    private readonly windowMs: number,
  ) {}

  start(provider: SimulatedProvider, message: IncomingMessage): RecordedRequest {
    this.#number += 1;
    const record: RecordedRequest = {
      number: this.#number,
      provider,
      path: message.url ?? '',
      headers: message.headers,
      body: undefined,
      receivedAt: Date.now(),
      outcome: 'open',
      tokensEmitted: 0,
      abortedByClient: false,
    };
    this.#records.push(record);
    // Twice the number, then half away: cheaper than one out for each one in.
    if (this.#records.length > this.keep * 2) this.#records = this.#records.slice(-this.keep);
    const counters = [this.#counter('total'), this.#counter(`provider:${provider}`)];
    for (const counter of counters) counter.started(record.receivedAt);
    this.#countersOf.set(record, counters);
    return record;
  }

  read(record: RecordedRequest, request: SimulatedRequest, usage: ResolvedUsage): void {
    record.usage = usage;
    const counters = this.#countersOf.get(record) ?? [];
    const model = this.#counter(`model:${request.provider}/${request.model}`);
    model.started(record.receivedAt);
    counters.push(model);
    for (const counter of counters) counter.tokens(Date.now(), usage.inputTokens, 0);
  }

  end(record: RecordedRequest): void {
    record.endedAt = Date.now();
    const output = record.outcome === 'completed' ? (record.usage?.outputTokens ?? 0) : record.tokensEmitted;
    for (const counter of this.#countersOf.get(record) ?? []) {
      if (output > 0) counter.tokens(record.endedAt, 0, output);
      counter.ended(record.outcome);
    }
  }

  get requests(): readonly RecordedRequest[] {
    return this.#records.length > this.keep ? this.#records.slice(-this.keep) : this.#records;
  }

  stats(): SimulatorStats {
    const now = Date.now();
    const stats: SimulatorStats = { total: this.#counter('total').stats(now), providers: {}, models: {} };
    for (const [key, counter] of this.#counters) {
      const [kind = '', ...name] = key.split(':');
      if (kind === 'provider') stats.providers[name.join(':') as SimulatedProvider] = counter.stats(now);
      if (kind === 'model') stats.models[name.join(':')] = counter.stats(now);
    }
    return stats;
  }

  reset(): void {
    this.#records = [];
    this.#counters = new Map();
    this.#countersOf = new WeakMap();
  }

  #counter(key: string): TrafficCounter {
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      counter = new TrafficCounter(this.windowMs);
      this.#counters.set(key, counter);
    }
    return counter;
  }
}

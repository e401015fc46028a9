import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** How many jobs of a queue are in one state. */
export interface QueueJobCount {
  queue: string;
  state: string;
  count: number;
}

/** A model call lasts from a cached tenth of a second to minutes of reasoning. Seconds. */
const MODEL_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320];
const RUN_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];
const TOOL_SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const HTTP_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/**
 * The counters of one process. Ours begin with `troupe_`; those of the process and of Node keep the names that dashboards know.
 * No label holds a user, a thread or a run: each value of a label is a series that is kept for ever.
 */
export class Metrics {
  readonly #registry = new Registry();
  #watchesProcess = false;

  readonly runsCompleted = new Counter({
    name: 'troupe_runs_completed_total',
    help: 'Runs that reached a terminal state, by that state.',
    labelNames: ['status'],
    registers: [this.#registry],
  });

  readonly runDuration = new Histogram({
    name: 'troupe_run_duration_seconds',
    help: 'From the acceptance of a run to its terminal state.',
    buckets: RUN_SECONDS,
    registers: [this.#registry],
  });

  readonly modelCallDuration = new Histogram({
    name: 'troupe_model_call_duration_seconds',
    help: 'One call of a provider, to its last token. outcome: completed or the error code.',
    labelNames: ['provider', 'model', 'outcome'],
    buckets: MODEL_SECONDS,
    registers: [this.#registry],
  });

  readonly tokens = new Counter({
    name: 'troupe_tokens_total',
    help: 'Tokens as providers count them. kind: input, cached_input, output, reasoning; the second and fourth are part of the ones before them.',
    labelNames: ['kind'],
    registers: [this.#registry],
  });

  readonly toolCallDuration = new Histogram({
    name: 'troupe_tool_call_duration_seconds',
    help: 'One execution of a tool. outcome: completed, failed or unknown.',
    labelNames: ['tool', 'outcome'],
    buckets: TOOL_SECONDS,
    registers: [this.#registry],
  });

  readonly httpRequestDuration = new Histogram({
    name: 'troupe_http_request_duration_seconds',
    help: 'HTTP requests to their last byte. route: the pattern, never the path.',
    labelNames: ['method', 'route', 'status'],
    buckets: HTTP_SECONDS,
    registers: [this.#registry],
  });

  /** Adds `troupe_queue_jobs{queue,state}`, counted anew at every scrape; call it once a process. */
  watchQueues(countJobs: () => Promise<readonly QueueJobCount[]>): void {
    new Gauge({
      name: 'troupe_queue_jobs',
      help: 'Jobs in a queue by state.',
      labelNames: ['queue', 'state'],
      registers: [this.#registry],
      async collect() {
        const counts = await countJobs();
        this.reset();
        for (const { queue, state, count } of counts) this.set({ queue, state }, count);
      },
    });
  }

  /** Media type of `render()`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All series in Prometheus' text format. Those of the process and of Node count from the first time on. */
  render(): Promise<string> {
    this.#watchProcess();
    return this.#registry.metrics();
  }

  /**
   * Not before somebody asks: measuring the delay of the event loop wakes a process that rests a hundred times a second, which was
   * 2 to 7 ms of its CPU, and most workers open no port at which they could be asked.
   */
  #watchProcess(): void {
    if (this.#watchesProcess) return;
    this.#watchesProcess = true;
    collectDefaultMetrics({ register: this.#registry });
  }
}

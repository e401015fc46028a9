import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** A value that is read anew at every scrape, once for each set of labels. */
export interface WatchedGauge<Label extends string = string> {
  name: string;
  help: string;
  labelNames?: readonly Label[];
  /** Labels that are not in its answer are forgotten. A rejection leaves the gauge empty. */
  read(): Promise<readonly { labels?: Partial<Record<Label, string>>; value: number }[]>;
}

/** One call of a provider, as the ledger has it. */
export interface CountedCall {
  provider: string;
  model: string;
  purpose: string;
  outcome: string;
  input_tokens: number;
  output_tokens: number;
  cached_input_tokens: number;
  reasoning_tokens: number;
  /** US dollars; null when nobody knows. */
  cost: number | null;
}

/** Models that have series of their own; those that come later share one. */
const MOST_MODELS = 200;
/** A model call lasts from a cached tenth of a second to minutes of reasoning. Seconds. */
const MODEL_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320];
const RUN_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];
const TOOL_SECONDS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const LIMIT_SECONDS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const HTTP_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/**
 * The counters of one process. Ours begin with `troupe_`; those of the process and of Node keep the names that dashboards know.
 * No label holds a user, a thread or a run: each value of a label is a series that is kept for ever.
 */
export class Metrics {
  readonly #registry = new Registry();
  #watchesProcess = false;
  readonly #models = new Set<string>();

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

  readonly runsParked = new Counter({
    name: 'troupe_runs_parked_total',
    help: 'Times that a run let go of its worker, by what it waits for: tool, approval, input, rate_limit, retry, ...',
    labelNames: ['waits_for'],
    registers: [this.#registry],
  });

  readonly runsRefused = new Counter({
    name: 'troupe_runs_refused_total',
    help: 'Requests that were refused because there is too much to do, by error code.',
    labelNames: ['code'],
    registers: [this.#registry],
  });

  readonly #modelCallDuration = new Histogram({
    name: 'troupe_model_call_duration_seconds',
    help: 'One call of a provider, to its last token. outcome: completed or the error code.',
    labelNames: ['provider', 'model', 'outcome'],
    buckets: MODEL_SECONDS,
    registers: [this.#registry],
  });

  readonly #modelCalls = new Counter({
    name: 'troupe_model_calls_total',
    help: 'Calls of providers. outcome: completed, aborted, abandoned or the error code.',
    labelNames: ['provider', 'model', 'purpose', 'outcome'],
    registers: [this.#registry],
  });

  readonly #tokens = new Counter({
    name: 'troupe_tokens_total',
    help: 'Tokens as providers count them. kind: input, cached_input, output, reasoning; the second and fourth are part of the ones before them.',
    labelNames: ['provider', 'model', 'kind'],
    registers: [this.#registry],
  });

  readonly #cost = new Counter({
    name: 'troupe_cost_dollars_total',
    help: 'What calls cost in US dollars, where the price is known.',
    labelNames: ['provider', 'model'],
    registers: [this.#registry],
  });

  readonly #limitWait = new Histogram({
    name: 'troupe_limit_wait_seconds',
    help: 'Waits that limits asked calls for, as expected when they began. dimension: rpm, tpm, ..., penalty (the provider asked).',
    labelNames: ['provider', 'model', 'dimension'],
    buckets: LIMIT_SECONDS,
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

  /** A run reached a terminal state, so many seconds after its acceptance. */
  runEnded(status: string, seconds: number): void {
    this.runsCompleted.inc({ status });
    this.runDuration.observe(Math.max(seconds, 0));
  }

  /** The calls of one turn took so many seconds; the outcome is that of the last. */
  callTook({ provider, model, outcome }: Pick<CountedCall, 'provider' | 'model' | 'outcome'>, seconds: number): void {
    this.#modelCallDuration.observe({ ...this.#modelLabels(provider, model), outcome }, seconds);
  }

  countCall(call: CountedCall): void {
    const { purpose, outcome } = call;
    const { provider, model } = this.#modelLabels(call.provider, call.model);
    this.#modelCalls.inc({ provider, model, purpose, outcome });
    const kinds = { input: call.input_tokens, output: call.output_tokens };
    const parts = { cached_input: call.cached_input_tokens, reasoning: call.reasoning_tokens };
    for (const [kind, count] of Object.entries({ ...kinds, ...parts })) {
      if (count > 0) this.#tokens.inc({ provider, model, kind }, count);
    }
    if (call.cost !== null && call.cost > 0) this.#cost.inc({ provider, model }, call.cost);
  }

  /** A limit keeps a call of `provider/model` back for so long. */
  countWait({ model: id, dimension, waitMs }: { model: string; dimension: string; waitMs: number }): void {
    const slash = id.indexOf('/');
    const labels = { ...this.#modelLabels(id.slice(0, slash), id.slice(slash + 1)), dimension };
    this.#limitWait.observe(labels, waitMs / 1_000);
  }

  /** Callers may name any model, also one that is not there. */
  #modelLabels(provider: string, model: string): { provider: string; model: string } {
    const id = `${provider}/${model}`;
    if (this.#models.size < MOST_MODELS) this.#models.add(id);
    return { provider, model: this.#models.has(id) ? model : 'other' };
  }

  /** Call it once for each name. */
  watch<Label extends string>({ name, help, labelNames = [], read }: WatchedGauge<Label>): void {
    new Gauge<Label>({
      name,
      help,
      labelNames,
      registers: [this.#registry],
      async collect() {
        const values = await read().catch(() => []);
        this.reset();
        // A gauge without labels begins with 0, which nobody has read.
        if (values.length === 0 && labelNames.length === 0) this.remove();
        for (const { labels = {}, value } of values) this.set(labels, value);
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

import type { LlmSimulator, RecordedRequest, startLlmSimulator } from '../../../packages/testing/src/index.js';
import { LineLog } from './line-log.js';
import type { ProviderCall } from './provider-call.js';
import {
  caseOf,
  misfitsOf,
  type ProviderFault,
  placeJudged,
  providerRules,
  speakerOf,
  turnOf,
} from './provider-rules.js';

/** The simulator keeps this many requests, and they are written down this often (milliseconds). */
const KEPT_REQUESTS = 5_000;
const WRITE_EVERY_MS = 200;

export interface ProviderOracleOptions {
  start: typeof startLlmSimulator;
  log: string;
  /** Told when an ordered fault has met a request. */
  onHit(fault: number, caseId: string): void;
}

/** The LLM simulator as the witness of every model call: what was asked, and how it ended. */
export class ProviderOracle {
  readonly #simulator: LlmSimulator;
  readonly #log: LineLog<ProviderCall>;
  readonly #faultOf: WeakMap<object, number>;
  readonly #faults: ProviderFault[];
  readonly #open = new Set<RecordedRequest>();
  #lastNumber = 0;

  private constructor(
    simulator: LlmSimulator,
    log: string,
    shared: { faults: ProviderFault[]; faultOf: WeakMap<object, number> },
  ) {
    this.#simulator = simulator;
    this.#log = new LineLog(log);
    this.#faults = shared.faults;
    this.#faultOf = shared.faultOf;
    setInterval(() => this.write(), WRITE_EVERY_MS).unref();
  }

  static async start({ start, log, onHit }: ProviderOracleOptions): Promise<ProviderOracle> {
    const faults: ProviderFault[] = [];
    const faultOf = new WeakMap<object, number>();
    const rules = providerRules({
      takeFault: () => faults.shift(),
      onFault: (request, fault) => {
        faultOf.set(request, fault.number);
        onHit(fault.number, caseOf(request) ?? '');
      },
    });
    const simulator = await start({ rules, keepRequests: KEPT_REQUESTS });
    return new ProviderOracle(simulator, log, { faults, faultOf });
  }

  get url(): string {
    return this.#simulator.url;
  }

  order(fault: ProviderFault): void {
    this.#faults.push(fault);
  }

  /** Takes back what has not met a request yet. */
  cancel(fault: number): void {
    const index = this.#faults.findIndex(({ number }) => number === fault);
    if (index >= 0) this.#faults.splice(index, 1);
  }

  /** Writes down the requests that have ended since the last time. */
  write(): void {
    for (const record of this.#simulator.requests) {
      if (record.number <= this.#lastNumber) continue;
      this.#lastNumber = record.number;
      this.#open.add(record);
    }
    for (const record of this.#open) {
      if (record.endedAt === undefined) continue;
      this.#open.delete(record);
      this.#log.add(this.#callOf(record, record.endedAt));
    }
  }

  #callOf({ request, ...record }: RecordedRequest, endedAt: number): ProviderCall {
    const { number, outcome, status, tokensEmitted, usage } = record;
    const caseId = request && caseOf(request);
    const speaker = request && speakerOf(request);
    const judged = request && placeJudged(request);
    const fault = request && this.#faultOf.get(request);
    return {
      number,
      at: record.receivedAt,
      endedAt,
      turn: request ? turnOf(request) : 0,
      misfits: request ? misfitsOf(request) : 0,
      outcome,
      tokensEmitted,
      inputTokens: usage?.inputTokens ?? 0,
      outputTokens: usage?.outputTokens ?? 0,
      ...(caseId !== undefined && { case: caseId }),
      ...(speaker && { speaker }),
      ...(judged && { judged }),
      ...(status !== undefined && { status }),
      ...(fault !== undefined && { fault }),
    };
  }
}

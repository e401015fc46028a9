import { CallEstimates } from './call-estimates.js';
import { CallInProgress } from './call-in-progress.js';
import type { CallPorts } from './call-ports.js';
import type { CallResult, PlannedCall } from './planned-call.js';
import { Reservations } from './reservations.js';
import { RetryBudget } from './retry-budget.js';

/**
 * Gets one answer: within the limits, with a key that works, from the first of the routes that can give it. The only place
 * that tries again: adapters and SDKs never do. Before the first word of an answer it changes routes without a sign; after
 * it the answer is the one that broke off, and the caller decides.
 */
export class ModelCaller {
  readonly #ports: CallPorts;
  readonly #estimates: CallEstimates;
  readonly #reservations: Reservations;
  readonly #retries = new RetryBudget();
  readonly #paused = new Set<string>();
  #turn = 0;

  constructor(ports: CallPorts) {
    this.#ports = ports;
    this.#estimates = new CallEstimates(ports);
    this.#reservations = new Reservations(ports);
  }

  /** Never throws: what went wrong is in the result, with every call that was made until then. */
  async call(planned: PlannedCall): Promise<CallResult> {
    const call = new CallInProgress(this.#ports, planned, {
      estimates: this.#estimates,
      reservations: this.#reservations,
      retries: this.#retries,
      paused: this.#paused,
      nextTurn: () => this.#turn++,
    });
    return call.run();
  }
}

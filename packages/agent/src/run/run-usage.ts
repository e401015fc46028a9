import type { Usage } from '@troupe/contracts';
import { addUsage } from '../usage/add-usage.js';
import { NO_USAGE } from '../usage/no-usage.js';

/** What a run has used, turn by turn. What judges of calls and their results used is told with the turn that comes next. */
export class RunUsage {
  #total: Usage | undefined;
  #untold: Usage[] = [];

  get total(): Usage {
    return [...(this.#total ? [this.#total] : []), ...this.#untold].reduce(addUsage, NO_USAGE);
  }

  /** Counts what a judge used. */
  judged(usage: Usage): void {
    this.#untold.push(usage);
  }

  /** Counts a turn. @returns all that is to be told with it; undefined: nothing was used */
  turn(spent: Usage | undefined): Usage | undefined {
    const all = spent ? [spent, ...this.#untold] : this.#untold;
    this.#untold = [];
    if (all.length === 0) return undefined;
    const told = all.reduce(addUsage);
    this.#total = this.#total ? addUsage(this.#total, told) : told;
    return told;
  }
}

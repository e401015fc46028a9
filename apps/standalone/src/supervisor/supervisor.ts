import { type ProcessDefinition, SupervisedProcess } from './supervised-process.js';

export interface SupervisorOptions {
  /** In the order of stopping: all of one group have ended before the next group is told to stop. */
  groups: readonly (readonly ProcessDefinition[])[];
  env: NodeJS.ProcessEnv;
  pidsDir: string;
  /** How long a process may take until it says that it is ready, in milliseconds. */
  readyTimeoutMs?: number;
  /** For stopping all groups together, in milliseconds. What the first leave over is the later ones'. */
  stopTimeoutMs?: number;
  onLine(name: string, line: string): void;
}

/** Who starts first after an upgrade migrates the database, and the others wait; killed in the middle, it would begin anew. Milliseconds. */
const READY_WITHIN_MS = 10 * 60_000;
/** Of the time for stopping, the part that each group but the last may use. */
const EARLIER_GROUPS_SHARE = 1 / 3;

/** Runs every app as a process of its own, as a production set-up does. */
export class Supervisor {
  readonly #groups: readonly (readonly SupervisedProcess[])[];
  readonly #stopTimeoutMs: number;
  #stopped: Promise<void> | undefined;

  constructor({ groups, readyTimeoutMs = READY_WITHIN_MS, stopTimeoutMs = 17_000, ...shared }: SupervisorOptions) {
    this.#stopTimeoutMs = stopTimeoutMs;
    this.#groups = groups.map((definitions) =>
      definitions.map((definition) => new SupervisedProcess({ ...shared, definition, readyTimeoutMs })),
    );
  }

  /** Process ids by name, as they are now; a process that is down is missing. */
  get pids(): Record<string, number> {
    const entries = this.#groups.flat().flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, pid] as const]));
    return Object.fromEntries(entries);
  }

  /**
   * Starts all at once and answers the addresses of those that listen, by name, when all are ready. When one cannot be
   * started the others are stopped and its error is thrown.
   */
  async start(): Promise<Record<string, string>> {
    const processes = this.#groups.flat();
    try {
      const urls = await Promise.all(processes.map(async (one) => [one.name, await one.start()] as const));
      return Object.fromEntries(urls.flatMap(([name, url]) => (url === undefined ? [] : [[name, url] as const])));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Group by group; safe to call twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopGroups();
    return this.#stopped;
  }

  async #stopGroups(): Promise<void> {
    const deadline = Date.now() + this.#stopTimeoutMs;
    for (const [index, group] of this.#groups.entries()) {
      const left = Math.max(deadline - Date.now(), 0);
      const isLast = index === this.#groups.length - 1;
      const timeoutMs = isLast ? left : Math.min(left, this.#stopTimeoutMs * EARLIER_GROUPS_SHARE);
      await Promise.all(group.map((one) => one.stop(Math.round(timeoutMs))));
    }
  }
}

import { Database } from '@troupe/database';
import type { BatchCatalog, BatchProvider, BatchSubmission } from '@troupe/spec';

/** What a killed process does next. */
const never = () => new Promise<never>(() => undefined);

/**
 * A worker's process that can be killed at any of its steps: before and after each statement, and before and after each
 * thing that it asks of a provider. From then on it does nothing at all; what is under way at the other side goes on.
 */
export class MortalProcess {
  readonly #dead = Promise.withResolvers<'killed'>();
  #steps = 0;
  #isDead = false;

  /** @param dieAt the step, from 1, that is its last */
  constructor(readonly dieAt: number) {}

  /** Steps that it came to. */
  get steps(): number {
    return this.#steps;
  }

  /** What became of its work. */
  live(work: Promise<void>): Promise<'killed' | 'done'> {
    return Promise.race([this.#dead.promise, work.then(() => 'done' as const)]);
  }

  database(real: Database): Database {
    return new Proxy(real, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        const call = (...given: unknown[]) => Reflect.apply(member, target, given) as Promise<unknown>;
        return name === 'query' || name === 'transaction'
          ? (...given: unknown[]) => this.#step(() => call(...given))
          : call;
      },
    });
  }

  catalog(real: BatchCatalog): BatchCatalog {
    return { resolveBatches: (id) => this.#provider(real.resolveBatches(id)) };
  }

  #provider(real: BatchProvider): BatchProvider {
    const submit = (submission: BatchSubmission): BatchSubmission => ({
      ...submission,
      beforePaying: () => this.#step(() => submission.beforePaying()),
    });
    return {
      model: real.model,
      accounts: real.accounts,
      limits: real.limits,
      sizeOf: (request) => real.sizeOf(request),
      submit: (requests, submission) => this.#step(() => real.submit(requests, submit(submission))),
      find: (...given) => this.#step(() => real.find(...given)),
      status: (...given) => this.#step(() => real.status(...given)),
      cancel: (...given) => this.#step(() => real.cancel(...given)),
      results: (...given) => this.#each(real.results(...given)),
    };
  }

  async *#each<Entry>(entries: AsyncIterable<Entry>): AsyncGenerator<Entry, void> {
    for await (const entry of entries) yield await this.#step(async () => entry);
  }

  async #step<Result>(act: () => Promise<Result>): Promise<Result> {
    await this.#breathe();
    const result = await act();
    await this.#breathe();
    return result;
  }

  async #breathe(): Promise<void> {
    this.#steps += 1;
    if (this.#steps >= this.dieAt) {
      this.#isDead = true;
      this.#dead.resolve('killed');
    }
    if (this.#isDead) await never();
  }
}

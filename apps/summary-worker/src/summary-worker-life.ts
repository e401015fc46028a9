import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { FollowUpPoll, FollowUpRunner } from '@troupe/database';

/** Starts the worker's own look for tasks whose job was lost, and at the end lets tasks finish or hands them back. */
export class SummaryWorkerLife implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #poll: FollowUpPoll;
  readonly #runner: FollowUpRunner;

  readonly #drained = Promise.withResolvers<void>();
  /** Resolves when nothing is under way any more. */
  readonly drained = this.#drained.promise;

  constructor(poll: FollowUpPoll, runner: FollowUpRunner) {
    this.#poll = poll;
    this.#runner = runner;
  }

  onApplicationBootstrap(): void {
    this.#poll.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#poll.stop();
    await this.#runner.end();
    this.#drained.resolve();
  }
}

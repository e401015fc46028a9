import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { FollowUpPoll } from '@troupe/database';

/** Starts and ends the worker's own look for tasks whose job was lost. */
export class MemoryExtractorLife implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #poll: FollowUpPoll;

  constructor(poll: FollowUpPoll) {
    this.#poll = poll;
  }

  onApplicationBootstrap(): void {
    this.#poll.start();
  }

  beforeApplicationShutdown(): void {
    this.#poll.stop();
  }
}

import { Inject, Injectable } from '@nestjs/common';
import {
  Database,
  type IdempotentRequest,
  RESERVATION_SECONDS,
  releaseReservation,
  renewReservation,
  reserveAnswer,
  settleReservation,
} from '@troupe/database';
import type { Logger } from '@troupe/observability';
import { LOGGER } from '../tokens.js';

/** `value`: undefined when the work was not done to its end. `replayed`: it was done for an earlier request. */
export interface ReservedAnswer<T> {
  value: T | undefined;
  replayed: boolean;
}

/** Three signs of life fit into a reservation, in milliseconds. */
const RENEW_EVERY_MS = (RESERVATION_SECONDS * 1_000) / 3;

/**
 * Does work that cannot be taken back, such as a paid call, once for a key: the key is taken before the work begins. When
 * this process dies in between, the key says so instead of having the work done a second time.
 */
@Injectable()
export class ReservedAnswers {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Work that throws, or ends with undefined, leaves the key free: its caller was told. Null for a request without a key.
   * @throws TroupeError `idempotency_key_reused`, `idempotency_key_in_use`, `idempotency_outcome_unknown`, and what `work` throws.
   */
  async once<T>(request: IdempotentRequest | null, work: () => Promise<T | undefined>): Promise<ReservedAnswer<T>> {
    if (!request) return { value: await work(), replayed: false };
    const stored = await reserveAnswer(this.database, request);
    if (stored) return { value: JSON.parse(stored.body ?? 'null') as T, replayed: true };
    const alive = setInterval(() => this.#quietly(renewReservation(this.database, request)), RENEW_EVERY_MS);
    let value: T | undefined;
    try {
      value = await work();
    } finally {
      clearInterval(alive);
      // The answer is there and paid for: it leaves even if the key cannot be told of it.
      await this.#quietly(
        value === undefined
          ? releaseReservation(this.database, request)
          : settleReservation(this.database, request, { status: 200, location: null, body: JSON.stringify(value) }),
      );
    }
    return { value, replayed: false };
  }

  async #quietly(statement: Promise<void>): Promise<void> {
    try {
      await statement;
    } catch (error) {
      this.logger.warn({ err: error }, 'an idempotency key could not be kept; it will say that its outcome is unknown');
    }
  }
}

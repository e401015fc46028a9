import type { ModelId, TroupeError } from '@troupe/contracts';
import type { ModelRequest } from './model-request.js';
import type { ModelResponse } from './model-response.js';

/** One request of a batch. */
export interface BatchRequest {
  /** Pairs the result with it; unique in its batch: 1 to 16 letters and digits. */
  customId: string;
  request: ModelRequest;
}

/**
 * What is stored of a submission before anything is sent, so that a batch whose acceptance nobody heard of is found again
 * instead of being paid twice.
 */
export interface BatchIntent {
  /** The caller's own name of the batch, never used for another: 1 to 40 letters, digits and `-`. */
  key: string;
  /** One of `accounts`: the batch is known to that one alone. */
  account: string;
  requestCount: number;
  /** From before the first attempt to send it. */
  since: Date;
}

export interface BatchSubmission extends BatchIntent {
  /**
   * Called after everything that costs nothing, right before the one request that does. What it throws ends the
   * submission, and nothing is paid.
   */
  beforePaying(): Promise<void>;
  signal?: AbortSignal;
}

/** What became of an earlier submission. */
export type FoundBatch =
  /** The provider has it; more than once when two processes submitted it, oldest first. */
  | { state: 'found'; ids: readonly [string, ...string[]] }
  | { state: 'absent' }
  /** One of the provider's batches may be it, and tells only once it has ended. Ask again then. */
  | { state: 'unclear' };

/** One known batch of a provider. */
export interface ProviderBatch {
  id: string;
  account: string;
}

export interface BatchStatus {
  /** `validating` before the first request is worked on. The last four are for good. */
  state: 'validating' | 'in_progress' | 'completed' | 'failed' | 'cancelled' | 'expired';
  /** As far as the provider tells before the end. */
  counts: { completed: number; failed: number };
  /** Why the whole batch failed; `retryable` when it may be submitted again. Nothing of it was worked on then. */
  error?: TroupeError;
}

/** What became of one request. Those of which the provider says nothing were not worked on. */
export type BatchResult = { customId: string } & (
  | { status: 'completed'; response: ModelResponse }
  | { status: 'failed'; error: TroupeError }
  | { status: 'cancelled' }
  | { status: 'expired' }
);

/** How much one batch may hold. */
export interface BatchLimits {
  requests: number;
  /** Of everything that is sent. */
  bytes: number;
}

/**
 * Requests to one model that are answered within a day at a lower price. Adapters translate; they do not retry, store or
 * price. All methods throw only TroupeError or the abort reason.
 */
export interface BatchProvider {
  readonly model: ModelId;
  readonly accounts: readonly string[];
  readonly limits: BatchLimits;

  /**
   * Bytes that a request takes of `limits.bytes`.
   * @throws TroupeError for what the model cannot do, before anything is sent
   */
  sizeOf(request: BatchRequest): number;

  /**
   * Sends a batch. When it fails after `beforePaying`, the provider may have it all the same: `find` tells.
   * @returns the provider's id of the batch
   * @throws TroupeError `provider_invalid_request` for a batch over the limits, before anything is sent
   */
  submit(requests: AsyncIterable<BatchRequest>, submission: BatchSubmission): Promise<string>;

  /** @param others the provider's ids of batches that are known to be something else */
  find(intent: BatchIntent, others: ReadonlySet<string>, signal?: AbortSignal): Promise<FoundBatch>;

  status(batch: ProviderBatch, signal?: AbortSignal): Promise<BatchStatus>;

  /** Once the batch has ended, however it did: in any order, each request at most once. */
  results(batch: ProviderBatch, signal?: AbortSignal): AsyncIterable<BatchResult>;

  /** Asks for its end; `status` tells when it came. One that has ended stays as it is. */
  cancel(batch: ProviderBatch, signal?: AbortSignal): Promise<void>;
}

/** Batches of the providers that have them. */
export interface BatchCatalog {
  /**
   * Any model name of a configured provider is accepted.
   * @throws TroupeError `model_not_found`, `provider_not_configured`, or `invalid_request` where the provider has no batches
   */
  resolveBatches(id: ModelId): BatchProvider;
}

import { type ModelId, TroupeError } from '@troupe/contracts';
import type { BatchProvider, BatchRequest } from '@troupe/spec';

/** Batches of a scripted model: a gateway only measures what it stores. It takes 60 requests. */
export class MeasuredBatches implements BatchProvider {
  readonly accounts = ['none'];
  readonly limits = { requests: 60, bytes: 20_000 };

  constructor(readonly model: ModelId) {}

  sizeOf({ request }: BatchRequest): number {
    const text = JSON.stringify(request);
    if (!text.includes('unsendable')) return text.length;
    throw new TroupeError({ code: 'provider_invalid_request', fault: 'caller', message: 'This cannot be sent.' });
  }

  submit = neverAsked;
  find = neverAsked;
  status = neverAsked;
  cancel = neverAsked;

  results(): AsyncIterable<never> {
    throw new Error(NOT_ASKED);
  }
}

const NOT_ASKED = 'A gateway asks providers nothing of batches.';

async function neverAsked(): Promise<never> {
  throw new Error(NOT_ASKED);
}

import { TroupeError } from '@troupe/contracts';

/** Also for a batch of another tenant. */
export function batchNotFound(id: string): TroupeError {
  return new TroupeError({ code: 'batch_not_found', fault: 'caller', message: `There is no batch ${id}.` });
}

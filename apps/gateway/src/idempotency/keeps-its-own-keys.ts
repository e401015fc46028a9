import { SetMetadata } from '@nestjs/common';

export const KEEPS_ITS_OWN_KEYS = 'troupe:keeps-its-own-keys';

/**
 * Marks a route that minds the Idempotency-Key by itself, because one transaction around it will not do: it starts a run,
 * which is stored with its key, or pays for a call that nobody can take back.
 */
export const KeepsItsOwnKeys = () => SetMetadata(KEEPS_ITS_OWN_KEYS, true);

/** Says that an answer is that of an earlier request with the same key. */
export const REPLAYED_HEADERS = { 'idempotency-replayed': 'true' } as const;

import type { DirectResponse } from '@troupe/contracts';

/** What a streamed direct call sends. An `error` event becomes a thrown TroupeApiError. */
export type DirectEvent =
  | { type: 'text.delta'; data: { delta: string } }
  | { type: 'message.completed'; data: Omit<DirectResponse, 'message'> };

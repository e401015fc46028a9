import { randomUUID } from 'node:crypto';

/** For providers that name no call; letters, digits and underscores, as every provider takes them back. */
export function newToolCallId(): string {
  return `call_${randomUUID().replaceAll('-', '')}`;
}

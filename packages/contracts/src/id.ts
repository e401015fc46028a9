import { v7, validate } from 'uuid';

/** A new UUIDv7: sorts by time of creation, so primary keys stay close together in their index. */
export function newId(): string {
  return v7();
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && validate(value);
}

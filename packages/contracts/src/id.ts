import { v7, validate } from 'uuid';

/** Bytes of randomness that an id takes. */
const ID_BYTES = 16;
/** Drawn for so many ids at once: asking the system's generator costs five times as much as all the rest of an id. */
const drawn = new Uint8Array(256 * ID_BYTES);
let used = drawn.length;
/** Of the newest id: ids of one process rise, also within a millisecond and when the clock is set back. */
let msecs = 0;
let seq = 0;

/** A new UUIDv7: sorts by time of creation, so primary keys stay close together in their index. */
export function newId(): string {
  if (used === drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  const random = drawn.subarray(used, used + ID_BYTES);
  used += ID_BYTES;
  countOn(random);
  return v7({ random, msecs, seq });
}

/** RFC 9562, 6.2, method 1: a counter that begins anew, with its highest bit clear, in each millisecond. */
function countOn(random: Uint8Array): void {
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    seq = new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1;
    return;
  }
  seq = (seq + 1) | 0;
  if (seq === 0) msecs += 1;
}

/** When an id was made, in milliseconds since 1970, by the clock of who made it (RFC 9562, 5.7). */
export function timeOfId(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && validate(value);
}

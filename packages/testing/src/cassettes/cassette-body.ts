import type { CassetteResponse } from './recorded-exchange.js';
import type { Scrubber } from './scrubber.js';

/** A piece of a body as it came. */
export interface ReceivedChunk {
  /** Milliseconds since the piece before, or since the headers. */
  afterMs: number;
  bytes: Buffer;
}

type Body = Pick<CassetteResponse, 'text' | 'base64' | 'chunks'>;

/** The pieces as they are kept: one body that can be read, and where it was cut. */
export function packBody(received: readonly ReceivedChunk[], scrubber: Scrubber): Body {
  const ends: number[] = [];
  for (const { bytes } of received) ends.push((ends.at(-1) ?? 0) + bytes.length);
  const { bytes, positions } = scrubber.bytes(Buffer.concat(received.map((chunk) => chunk.bytes)), ends);
  const chunks: Body['chunks'] = [];
  let at = 0;
  let pause = 0;
  for (const [index, { afterMs }] of received.entries()) {
    const end = positions[index] ?? at;
    pause += afterMs;
    // Nothing is left of a piece that lay within a secret; its pause goes to the next.
    if (end === at) continue;
    chunks.push([pause, end - at]);
    pause = 0;
    at = end;
  }
  if (bytes.length === 0) return { chunks };
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text).equals(bytes);
  return { ...(isText ? { text } : { base64: bytes.toString('base64') }), chunks };
}

/**
 * The pieces of a kept body. Where a person has edited the text, the last piece takes what is more and pieces that
 * nothing is left for are gone.
 */
export function unpackBody({ text, base64, chunks }: Body): ReceivedChunk[] {
  const bytes = text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text);
  const unpacked: ReceivedChunk[] = [];
  let at = 0;
  for (const [index, [afterMs, length]] of chunks.entries()) {
    const end = index === chunks.length - 1 ? bytes.length : at + length;
    const piece = bytes.subarray(at, end);
    if (piece.length > 0) unpacked.push({ afterMs, bytes: piece });
    at = end;
  }
  return unpacked;
}

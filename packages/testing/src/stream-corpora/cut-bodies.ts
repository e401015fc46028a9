/** Longer bodies are cut at some places instead of at all. */
const maxExhaustive = 3_000;
const nearEnds = 60;
const betweenEnds = 40;

/** Every position within a body; of a long one those near its ends and some in between. */
export function cutPositions(length: number): number[] {
  const all = Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1);
  if (length <= maxExhaustive) return all;
  const step = Math.floor(length / betweenEnds);
  return all.filter((position) => position < nearEnds || position > length - nearEnds || position % step === 0);
}

/** Where an event or a line is over: behind blank lines and line ends, in all three kinds. */
export function eventBoundaries(body: Buffer): number[] {
  const text = body.toString('latin1');
  return [0, ...[...text.matchAll(/(?:\r\n|\r|\n)+/g)].map(({ index, 0: ends }) => index + ends.length)];
}

/** Bytes before and behind a boundary that are looked at one by one. */
const aroundBoundary = 3;
const betweenBoundaries = 11;

/** Where a body is ended too early: around the ends of all its events, within its last one, and here and there. */
export function endPositions(body: Buffer): number[] {
  const boundaries = eventBoundaries(body);
  const wanted = new Set([0]);
  for (const boundary of boundaries) {
    for (let away = -aroundBoundary; away <= aroundBoundary; away += 1) wanted.add(boundary + away);
  }
  const last = boundaries.findLast((boundary) => boundary < body.length - aroundBoundary) ?? 0;
  const spread = cutPositions(body.length).filter((position) => position >= last || position % betweenBoundaries === 0);
  return [...new Set([...wanted, ...spread])].filter((position) => position >= 0 && position < body.length);
}

export function cutAt(body: Buffer, positions: readonly number[]): Buffer[] {
  const ends = [...positions.filter((position) => position > 0 && position < body.length), body.length];
  const sorted = [...new Set(ends)].sort((one, other) => one - other);
  return sorted.map((end, index) => body.subarray(sorted[index - 1] ?? 0, end));
}

export function cutEvery(body: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let start = 0; start < body.length; start += size) pieces.push(body.subarray(start, start + size));
  return pieces;
}

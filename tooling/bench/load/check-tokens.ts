/** How an answer differs from what was said upstream. */
export interface TokenCheck {
  tokens: number;
  lost: number;
  doubled: number;
  /** For each token, which piece brought it to its end; where the text differs, as far as it is right. */
  pieceOfToken: number[];
}

/** Compares the pieces of an answer with the tokens that it must consist of. Pieces may hold several tokens or parts of them. */
export function checkTokens(pieces: readonly string[], expected: readonly string[]): TokenCheck {
  const pieceOfToken = placeTokens(pieces, expected);
  if (pieceOfToken.length === expected.length && pieces.join('').length === expected.join('').length) {
    return { tokens: expected.length, lost: 0, doubled: 0, pieceOfToken };
  }
  const counts = new Map<string, number>();
  const tokens = pieces.join('').match(/\s*\S+/g) ?? [];
  for (const token of expected) counts.set(token, (counts.get(token) ?? 0) + 1);
  let doubled = 0;
  for (const token of tokens) {
    const left = counts.get(token) ?? 0;
    if (left === 0) doubled += 1;
    else counts.set(token, left - 1);
  }
  const lost = [...counts.values()].reduce((sum, count) => sum + count, 0);
  // Everything is there, but not in order: as good as lost.
  return { tokens: tokens.length, lost: lost + doubled === 0 ? expected.length : lost, doubled, pieceOfToken };
}

function placeTokens(pieces: readonly string[], expected: readonly string[]): number[] {
  const placed: number[] = [];
  let piece = 0;
  let offset = 0;
  for (const token of expected) {
    let matched = 0;
    while (matched < token.length) {
      while (piece < pieces.length && offset === pieces[piece]?.length) {
        piece += 1;
        offset = 0;
      }
      const text = pieces[piece];
      if (text === undefined) return placed;
      const length = Math.min(token.length - matched, text.length - offset);
      if (!text.startsWith(token.slice(matched, matched + length), offset)) return placed;
      matched += length;
      offset += length;
    }
    placed.push(piece);
  }
  return placed;
}

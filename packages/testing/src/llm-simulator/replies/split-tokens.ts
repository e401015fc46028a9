/** Pieces that read like a model's tokens: up to six characters with the whitespace before them. Joined, they are the text. */
export function splitTokens(text: string): string[] {
  return text.match(/\s*\S{1,6}|\s+/gu) ?? [];
}

const words = (
  'the company meets at dusk and each voice takes its turn while the lamps are lit one by one along the stage a song ' +
  'begins then a story follows with laughter from the back rows until the curtain falls and someone asks for more'
).split(' ');

const cache = new Map<number, string[]>();
const cachedLengths = 32;

/** Exactly so many tokens of filler, always the same. The returned array is shared: do not change it. */
export function fillerTokens(count: number): string[] {
  const cached = cache.get(count);
  if (cached !== undefined) return cached;
  const tokens = Array.from({ length: count }, (_, index) => {
    const word = words[index % words.length] ?? '';
    return index === 0 ? word : ` ${word}`;
  });
  if (cache.size < cachedLengths) cache.set(count, tokens);
  return tokens;
}

/** Model arguments arrive in small fragments that break inside words and after backslashes; eight characters each. */
export function splitArguments(json: string): string[] {
  return json.match(/.{1,8}/gsu) ?? [];
}

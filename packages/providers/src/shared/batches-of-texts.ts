/** English text has about four characters a token; other scripts have fewer, so three are counted. */
const charactersPerToken = 3;

export interface BatchLimits {
  maxInputs: number;
  maxTokens: number;
}

/** Texts in their order, in batches that a provider takes at once. A text that is too long alone is sent alone. */
export function batchesOfTexts(texts: readonly string[], { maxInputs, maxTokens }: BatchLimits): string[][] {
  const batches: string[][] = [];
  let tokens = 0;
  for (const text of texts) {
    const own = Math.ceil(text.length / charactersPerToken);
    const open = batches.at(-1);
    if (open === undefined || open.length >= maxInputs || tokens + own > maxTokens) {
      batches.push([text]);
      tokens = own;
    } else {
      open.push(text);
      tokens += own;
    }
  }
  return batches;
}

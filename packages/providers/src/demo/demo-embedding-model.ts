import { createHash } from 'node:crypto';
import type { ModelId } from '@troupe/contracts';
import type { EmbeddingModel, EmbeddingRequest, EmbeddingResponse, ModelCallOptions } from '@troupe/spec';

const defaultDimensions = 256;
const charactersPerToken = 4;
/** Endings that say little of what a word is about, so that `company` and `companies` are near. */
const stemCharacters = 5;

/**
 * Vectors without any model: each word, and less strongly its beginning, adds to a dimension that its hash chooses.
 * Texts that share words are near, always in the same way; meaning beyond words is not understood.
 */
export class DemoEmbeddingModel implements EmbeddingModel {
  readonly accounts = ['none'];

  constructor(readonly id: ModelId) {}

  async embed({ texts, dimensions }: EmbeddingRequest, { signal }: ModelCallOptions = {}): Promise<EmbeddingResponse> {
    signal?.throwIfAborted();
    const length = dimensions ?? defaultDimensions;
    return {
      vectors: texts.map((text) => vectorOf(text, length)),
      inputTokens: texts.reduce((sum, text) => sum + Math.ceil(text.length / charactersPerToken), 0),
      estimated: true,
    };
  }
}

/** Of length 1, and never all zeros: an empty text has a place of its own. */
function vectorOf(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    add(vector, `word:${word}`, 1);
    add(vector, `stem:${[...word].slice(0, stemCharacters).join('')}`, 0.5);
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function add(vector: number[], feature: string, weight: number): void {
  const position = createHash('sha256').update(feature).digest().readUInt32LE(0) % vector.length;
  vector[position] = (vector[position] ?? 0) + weight;
}

import { createHash } from 'node:crypto';
import type { JsonObject } from './requests/json-object.js';
import { numberOf } from './requests/json-object.js';
import { RejectedRequest } from './requests/rejected-request.js';

const defaultDimensions = 1536;
/** Of `nomic-embed-text`. */
const ollamaDimensions = 768;
const charactersPerToken = 4;

/** Answers an OpenAI embeddings request: each word adds to one dimension, so texts that share words are near. */
export function embeddingsBody(body: JsonObject): string {
  const inputs = typeof body.input === 'string' ? [body.input] : body.input;
  if (!Array.isArray(inputs) || inputs.length === 0 || !inputs.every((input) => typeof input === 'string')) {
    throw new RejectedRequest(400, "'input' must be a string or an array of strings.", undefined, 'input');
  }
  const dimensions = numberOf(body.dimensions) ?? defaultDimensions;
  const tokens = inputs.reduce((sum, input) => sum + Math.ceil(input.length / charactersPerToken), 0);
  return JSON.stringify({
    object: 'list',
    data: inputs.map((input, index) => {
      const vector = embed(input, dimensions);
      const embedding =
        body.encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : Array.from(vector);
      return { object: 'embedding', index, embedding };
    }),
    model: body.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

/** Answers Ollama's `/api/embed` in the same way. */
export function ollamaEmbeddingsBody(body: JsonObject): string {
  const inputs = typeof body.input === 'string' ? [body.input] : body.input;
  if (typeof body.model !== 'string' || body.model === '') throw new RejectedRequest(400, 'model is required');
  if (!Array.isArray(inputs) || !inputs.every((input) => typeof input === 'string')) {
    throw new RejectedRequest(400, 'invalid input type');
  }
  const dimensions = numberOf(body.dimensions) ?? ollamaDimensions;
  return JSON.stringify({
    model: body.model,
    embeddings: inputs.map((input) => Array.from(embed(input, dimensions))),
    total_duration: 1_000_000,
    load_duration: 100_000,
    prompt_eval_count: inputs.reduce((sum, input) => sum + Math.ceil(input.length / charactersPerToken), 0),
  });
}

function embed(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    const position = createHash('sha256').update(word).digest().readUInt32LE(0) % dimensions;
    vector[position] = (vector[position] ?? 0) + 1;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

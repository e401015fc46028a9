import { z } from 'zod';

/** Texts of one request, as OpenAI allows. */
const MAX_TEXTS = 2_048;

/** Body of `POST /v1/embeddings`. Null is an absent field. */
export const embeddingRequestSchema = z.object({
  model: z.string().min(1).max(300).describe('`provider/model` of an embedding model.'),
  input: z
    .union([z.string(), z.array(z.string()).min(1).max(MAX_TEXTS)], {
      error: 'must be a text or a list of texts; lists of token numbers belong to one tokenizer and are not read',
    })
    .describe('One text or a list of them.'),
  encoding_format: z.enum(['float', 'base64']).nullish().describe('base64: little-endian 32-bit floats.'),
  dimensions: z
    .int()
    .min(1)
    .max(100_000)
    .nullish()
    .describe('Length of the vectors, where the model can shorten them.'),
});

export type EmbeddingBody = z.infer<typeof embeddingRequestSchema>;

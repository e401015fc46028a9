import { z } from 'zod';
import { inputItem } from '../responses/response-request.js';

/** As OpenAI allows. */
const MAX_ITEMS = 20;
const MAX_PAIRS = 16;

const metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= MAX_PAIRS, { error: `must hold at most ${MAX_PAIRS} pairs` });

/** Body of `POST /v1/conversations`. Null is an absent field. */
export const newConversationSchema = z.object({
  items: z.array(inputItem).max(MAX_ITEMS).nullish().describe('What was said before.'),
  metadata: metadata.nullish().describe('Whatever the application keeps.'),
});

/** Body of `POST /v1/conversations/{conversation_id}`. */
export const changedConversationSchema = z.object({
  metadata: metadata.nullable().describe('Replaces what was there; null empties it.'),
});

/** Query of `GET /v1/conversations/{conversation_id}/items`. */
export const itemPageSchema = z.object({
  after: z.string().optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
});

export type NewConversation = z.infer<typeof newConversationSchema>;

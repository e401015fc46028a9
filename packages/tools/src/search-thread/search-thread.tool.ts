import type { ThreadSearchHit } from '@troupe/spec';
import { z } from 'zod';
import { defineTool } from '../define-tool.js';

const DEFAULT_LIMIT = 5;
const MAX_LIMIT = 20;

/** Of one message: enough to answer from, little enough that twenty of them fit. */
const SHOWN_CHARACTERS = 1_000;

export const searchThread = defineTool({
  name: 'search_thread',
  description:
    'Searches the earlier messages of this conversation, also those that you cannot see any more, and answers with the ' +
    'ones that hold all words of the query, newest first. Use it when the user refers to something said before.',
  parameters: z.object({
    query: z.string().trim().min(1).max(200).describe('A few words that the message holds, not a question'),
    limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).describe('How many messages at most'),
  }),
  effect: 'read',
  timeoutMs: 10_000,
  execute: async ({ query, limit }, { services, tenantId, threadId }) => {
    const hits = await services.threadSearch.search({ tenantId, threadId }, query, limit);
    return { messages: hits.map(hitJson) };
  },
});

function hitJson(hit: ThreadSearchHit) {
  const cut = hit.text.length > SHOWN_CHARACTERS;
  const text = cut ? `${hit.text.slice(0, SHOWN_CHARACTERS).toWellFormed()}…` : hit.text;
  return { role: hit.role, text, created_at: hit.createdAt };
}

import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@troupe/contracts';
import type { ThreadSearch } from '@troupe/spec';
import { toolContext } from '../testing/tool-context.js';
import { searchThread } from './search-thread.tool.js';

function contextWith(threadSearch: ThreadSearch) {
  const context = toolContext();
  return { ...context, services: { ...context.services, threadSearch } };
}

describe('search_thread', () => {
  test('searches the thread of the run, five messages unless told', async () => {
    const asked: unknown[] = [];
    const context = contextWith({
      search: async (...args) => {
        asked.push(args);
        return [{ role: 'user', text: 'The villain is Morwen.', createdAt: '2026-01-01T00:00:00Z' }];
      },
    });
    expect(await searchThread.execute({ query: ' villain ' }, context)).toEqual({
      messages: [{ role: 'user', text: 'The villain is Morwen.', created_at: '2026-01-01T00:00:00Z' }],
    });
    expect(asked).toEqual([[{ tenantId: 'tenant', threadId: 'thread' }, 'villain', 5]]);
  });

  test('long messages are shortened', async () => {
    const context = contextWith({
      search: async () => [{ role: 'user', text: 'x'.repeat(5_000), createdAt: '2026-01-01T00:00:00Z' }],
    });
    expect(JSON.stringify(await searchThread.execute({ query: 'x' }, context)).length).toBeLessThan(1_200);
  });

  test.each<JsonObject>([{ query: ' ' }, { query: 'x', limit: 0 }, { query: 'x', limit: 21 }])(
    'refuses %j',
    async (args) => {
      await expect(searchThread.execute(args, toolContext())).rejects.toThrow('Invalid arguments for search_thread');
    },
  );
});

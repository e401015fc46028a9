import { expect, jest, test } from '@jest/globals';
import { createTestDatabase } from '@troupe/testing';

test('the program of the README goes on with a thread of the database', async () => {
  const server = await createTestDatabase();
  process.env.DATABASE_URL = server.url;
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  await import('../../../../examples/library/persistence.ts');
  expect(log.mock.calls).toEqual([[expect.stringContaining('Mira')]]);
  log.mockRestore();
  await server.drop();
});

import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, it } from '@jest/globals';
import { requireSpace } from './require-space.js';

it('refuses a disk with less space than is needed, and says how much there is', async () => {
  const { blocks, bsize } = await statfs(tmpdir());
  const more = Math.ceil((blocks * bsize) / 1024 / 1024) + 1;
  await expect(requireSpace(tmpdir(), more)).rejects.toThrow(/has \d+ MB left, and a first start needs \d+ MB/);
  await requireSpace(tmpdir(), 0);
});

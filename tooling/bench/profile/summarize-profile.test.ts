import { expect, test } from '@jest/globals';
import { shortenUrl, summarizeProfile } from './summarize-profile.js';

const frame = (functionName: string, url = '', lineNumber = -1) => ({ functionName, url, lineNumber });

test('adds up own time by function and by package, and leaves out idle time and the profiler', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('send', 'file:///repo/apps/gateway/dist/stream.js', 9) },
      { id: 3, callFrame: frame('', 'file:///repo/apps/gateway/dist/stream.js', 19) },
      { id: 4, callFrame: frame('send', 'file:///repo/apps/gateway/dist/stream.js', 9) },
      { id: 5, callFrame: frame('(garbage collector)') },
      { id: 6, callFrame: frame('post', 'node:inspector', 114) },
    ],
    samples: [1, 2, 3, 4, 5, 6],
    timeDeltas: [9_000, 1_000, 2_000, 3_000, 500, 70_000],
  };
  expect(summarizeProfile(profile, '/repo')).toEqual({
    busyMs: 6.5,
    functions: [
      { name: 'send  apps/gateway/dist/stream.js:10', ms: 4 },
      { name: '(anonymous)  apps/gateway/dist/stream.js:20', ms: 2 },
      { name: '(garbage collector)', ms: 0.5 },
    ],
    packages: [
      { name: 'apps/gateway', ms: 6 },
      { name: '(garbage collector)', ms: 0.5 },
    ],
  });
});

test.each([
  ['file:///repo/node_modules/.pnpm/pg@8.0.0/node_modules/pg/lib/client.js', 'pg/lib/client.js', 'pg'],
  ['file:///repo/node_modules/.pnpm/a/node_modules/@nestjs/core/router.js', '@nestjs/core/router.js', '@nestjs/core'],
  ['node:internal/streams/writable', 'node:internal/streams/writable', 'node'],
  ['file:///repo/packages/database/dist/runs/claim.js', 'packages/database/dist/runs/claim.js', 'packages/database'],
])('%s', (url, path, name) => expect(shortenUrl(url, '/repo')).toEqual({ path, package: name }));

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PlantedTree, plantTree } from './planted-tree.js';

const index = 'export const here = 1;\n';
const correct = {
  'packages/contracts/src/index.ts': "export { newId } from './id.js';\n",
  'packages/contracts/src/id.ts': "import { v7 } from 'uuid';\nexport const newId = v7;\n",
  'packages/spec/src/index.ts': "export type { Store } from './store.js';\n",
  'packages/spec/src/store.ts': "import type { newId } from '@troupe/contracts';\nexport type Store = typeof newId;\n",
  'packages/testing/src/index.ts': "import { expect } from '@jest/globals';\nexport const answer = expect;\n",
  'packages/agent/src/index.ts': "export { agent } from './agent.js';\n",
  'packages/agent/src/agent.ts': "import type { Store } from '@troupe/spec';\nexport const agent = {} as Store;\n",
  'packages/agent/src/agent.test.ts': "import '@troupe/testing';\nimport './agent.js';\n",
  'packages/providers/src/index.ts': "export { OpenAi } from './openai/model.js';\n",
  'packages/providers/src/openai/model.ts': "export { default as OpenAi } from 'openai';\n",
  'packages/database/src/index.ts': "import 'typeorm';\nexport const here = 1;\n",
  'packages/config/src/index.ts': index,
  'packages/queues/src/index.ts': "import 'bullmq';\nexport const here = 1;\n",
  'apps/gateway/src/index.ts': index,
  'apps/gateway/src/main.ts': "import '@nestjs/core';\nimport '@troupe/config';\nimport '@troupe/database';\n",
  'apps/gateway/src/ring.ts': "import 'bullmq';\nimport '@troupe/agent';\n",
  'apps/llm-worker/src/index.ts': index,
  'apps/standalone/src/index.ts': "import '@troupe/gateway';\nimport '@troupe/llm-worker';\nexport const here = 1;\n",
};
const folders = [...new Set(Object.keys(correct).map((path) => path.split('/').slice(0, 2).join('/')))];
const workspaces = Object.fromEntries(folders.map((folder) => [folder, {}]));
const vendors = ['uuid', 'openai', '@anthropic-ai/sdk', 'typeorm', 'bullmq', '@nestjs/core', '@jest/globals'];

test('imports that point the right way pass', () => {
  const tree = plantTree(workspaces, correct, vendors);
  expect(tree.run('check-imports')).toEqual({ status: 0, output: expect.stringMatching(/^0 broken in \d\d/) });
  tree.remove();
});

/** rule -> file that breaks it, and its text */
const planted: [rule: string, path: string, text: string][] = [
  ['spec-direction', 'packages/spec/src/a.ts', "import '@troupe/database';"],
  [
    'spec-direction',
    'packages/spec/src/b.ts',
    "import type { here } from '@troupe/database';\nexport type A = typeof here;",
  ],
  ['spec-direction', 'packages/spec/src/c.ts', "export type B = import('@troupe/database').here;"],
  ['contracts-direction', 'packages/contracts/src/a.ts', "import '@troupe/spec';"],
  ['contracts-imports-only-uuid', 'packages/contracts/src/b.ts', "import 'openai';"],
  ['contracts-runs-anywhere', 'packages/contracts/src/c.ts', "import 'node:fs';"],
  ['agent-direction', 'packages/agent/src/a.ts', "import '@troupe/providers';"],
  ['agent-direction', 'packages/agent/src/b.ts', "import '@troupe/config';"],
  ['agent-direction', 'packages/agent/src/c.ts', "import '@troupe/testing';"],
  ['agent-test-direction', 'packages/agent/src/d.test.ts', "import '@troupe/database';"],
  ['gateway-direction', 'apps/gateway/src/a.ts', "import '@troupe/llm-worker';"],
  ['gateway-direction', 'apps/gateway/src/b.ts', "import '@troupe/testing';"],
  ['nest-only-in-apps', 'packages/queues/src/a.ts', "import '@nestjs/core';"],
  ['typeorm-only-in-database', 'apps/gateway/src/c.ts', "import 'typeorm';"],
  ['openai-only-in-its-providers', 'packages/providers/src/anthropic/a.ts', "import 'openai';"],
  ['anthropic-only-in-its-provider', 'packages/providers/src/openai/a.ts', "import '@anthropic-ai/sdk';"],
  ['bullmq-only-in-queues-and-apps', 'packages/database/src/a.ts', "import 'bullmq';"],
  ['no-cycle', 'packages/agent/src/left.ts', "import './right.js';\nexport const left = 1;"],
  ['no-path-into-package', 'packages/agent/src/e.ts', "import '../../spec/src/index.js';"],
  ['no-inner-file', 'packages/agent/src/f.ts', "import '../../spec/src/store.js';"],
  ['no-own-index', 'packages/agent/src/g.ts', "import './index.js';"],
  ['no-own-index', 'packages/agent/src/h.ts', "import '@troupe/agent';"],
  ['no-test-code-in-product', 'packages/agent/src/i.ts', "import './agent.test.js';"],
  ['no-tooling-in-product', 'packages/agent/src/j.ts', "import '../../../tooling/build/build.mjs';"],
  ['no-inner-file-from-tooling', 'tooling/build/build.mjs', "import '../../packages/agent/src/agent.ts';"],
  ['resolvable', 'packages/agent/src/k.ts', "import '@troupe/spec/src/store.js';"],
  ['resolvable', 'packages/agent/src/l.ts', "import 'not-declared';"],
  ['newcomer-has-a-place', 'packages/newcomer/src/index.ts', "import '@troupe/spec';"],
];

describe('a planted violation is found', () => {
  let tree: PlantedTree;
  let result: ReturnType<PlantedTree['run']>;

  beforeAll(() => {
    const files = {
      ...correct,
      'packages/agent/src/right.ts': "import './left.js';\nexport const right = 1;\n",
      ...Object.fromEntries(planted.map(([, path, text]) => [path, `${text}\n`])),
    };
    tree = plantTree({ ...workspaces, 'packages/newcomer': {} }, files, vendors);
    result = tree.run('check-imports');
  });

  afterAll(() => tree.remove());

  test.each(planted)('%s in %s', (rule, path) => {
    const found = result.output.split(/\n(?=\S)/).filter((entry) => entry.startsWith(`${path} -> `));
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^ {2}${rule}: .{20,}`, 'm')));
  });

  test('and the check fails', () => expect(result.status).toBe(1));

  test('and nothing is found in files that follow the rules', () => {
    const culprits = result.output.split('\n').map((line) => line.split(' -> ')[0]);
    expect(culprits.filter((path) => path !== undefined && path in correct)).toEqual([]);
  });
});

/**
 * Which own packages and apps each part of the repository may import. Imports point one way: an app composes
 * packages, a package implements interfaces of `spec`, `spec` speaks in `contracts`. A folder that is not named
 * here fails the import check, so a new package starts by saying what it may know.
 */

const foundation = ['packages/contracts', 'packages/failpoints', 'packages/spec'];

/** Adapters and the runtime. They do not know each other: an app passes one in where another's port asks for it. */
const adapters = [
  'packages/agent',
  'packages/database',
  'packages/prices',
  'packages/providers',
  'packages/queues',
  'packages/rate-limiter',
  'packages/run-log',
  'packages/tools',
];

/** What composes adapters in the one way that every process of a server needs. Apps import it; nothing else does. */
const compositions = {
  'packages/model-calls': [
    'packages/agent',
    'packages/database',
    'packages/prices',
    'packages/providers',
    'packages/rate-limiter',
  ],
};

/** What every app may import; settings and telemetry enter a process here and are passed on as options. */
const forApps = [
  ...foundation,
  ...adapters,
  ...Object.keys(compositions),
  'packages/client',
  'packages/config',
  'packages/observability',
  'packages/personas',
];

const serverApps = [
  'apps/gateway',
  'apps/llm-worker',
  'apps/memory-extractor',
  'apps/summary-worker',
  'apps/tool-worker',
];

const of = (folders, mayImport) => Object.fromEntries(folders.map((folder) => [folder, mayImport]));

/** @type {Record<string, string[]>} folder of a workspace -> folders of the workspaces it may import */
export const mayImport = {
  'packages/contracts': [],
  'packages/failpoints': [],
  'packages/spec': ['packages/contracts'],
  ...of(adapters, foundation),
  ...Object.fromEntries(Object.entries(compositions).map(([folder, known]) => [folder, [...foundation, ...known]])),
  'packages/personas': ['packages/contracts'],
  'packages/client': ['packages/contracts'],
  'packages/config': foundation,
  'packages/observability': foundation,
  'packages/embedded-services': foundation,
  'packages/troupe': [
    ...foundation,
    'packages/agent',
    'packages/database',
    'packages/personas',
    'packages/providers',
    'packages/queues',
    'packages/rate-limiter',
    'packages/tools',
  ],
  'packages/testing': [...foundation, ...adapters, 'packages/personas', 'packages/client', 'packages/troupe'],
  ...of(serverApps, forApps),
  'apps/console': ['packages/client', 'packages/contracts'],
  'apps/standalone': [...forApps, 'packages/embedded-services', ...serverApps],
};

/** What tests may import beside that: the scripted model, the simulator, the conformance suites. */
export const forTests = ['packages/testing'];

/** Rows of the picture, from what is started to what everything speaks in. */
export const ranks = [
  { name: 'apps', folders: Object.keys(mayImport).filter((folder) => folder.startsWith('apps/')) },
  { name: 'tests and public library', folders: ['packages/testing', 'packages/troupe'] },
  { name: 'composition', folders: Object.keys(compositions) },
  {
    name: 'runtime and adapters',
    folders: [
      ...adapters,
      'packages/personas',
      'packages/client',
      'packages/config',
      'packages/observability',
      'packages/embedded-services',
    ],
  },
  { name: 'interfaces', folders: ['packages/spec'] },
  { name: 'vocabulary', folders: ['packages/contracts', 'packages/failpoints'] },
];

/**
 * External modules that only some folders may import, and why. `tests: true` lets tests and packages/testing import
 * them too: they check our side of the wire with the other side's own client.
 */
export const owners = [
  {
    name: 'nest-only-in-apps',
    modules: ['@nestjs/[^/]+'],
    folders: ['apps/'],
    why: 'NestJS composes processes, which is the business of apps; a package takes plain constructor options.',
  },
  {
    name: 'typeorm-only-in-database',
    modules: ['typeorm'],
    folders: ['packages/database/'],
    why: 'Only packages/database knows the ORM; others call its repositories.',
  },
  {
    name: 'openai-only-in-its-providers',
    modules: ['openai'],
    folders: ['packages/providers/src/openai/', 'packages/providers/src/openrouter/'],
    tests: true,
    why: 'A vendor SDK stays in the folders of its providers; the rest sees the ChatModel of packages/spec.',
  },
  {
    name: 'anthropic-only-in-its-provider',
    modules: ['@anthropic-ai/sdk'],
    folders: ['packages/providers/src/anthropic/'],
    tests: true,
    why: 'A vendor SDK stays in the folder of its provider; the rest sees the ChatModel of packages/spec.',
  },
  {
    name: 'bullmq-only-in-queues-and-apps',
    modules: ['bullmq'],
    folders: ['packages/queues/', 'apps/'],
    why: 'Packages do not know how a job travels; only packages/queues and the apps do.',
  },
];

/** A regular expression for the paths of tests and of what only tests use. */
export const testPath = '\\.test\\.tsx?$|\\.test-\\w+\\.ts$|/testing/|^(apps|packages)/[^/]+/e2e/';

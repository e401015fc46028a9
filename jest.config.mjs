import { swcOptions } from './tooling/build/swc-options.mjs';

const { swcrc: _, ...swc } = swcOptions;

/** Packages are tested from their sources: the condition makes `@troupe/x` resolve to its src folder. */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['troupe-source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false }] },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.toolchain/', '<rootDir>/.troupe/'],
};

export default {
  // Jest's own choice leaves a core free; most of these tests wait for processes.
  maxWorkers: '100%',
  // For hooks too: on a busy machine a server may take longer than Jest's five seconds to start or stop.
  testTimeout: 30_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,examples,packages,tooling}/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.services\\.test\\.ts$', '\\.e2e\\.test\\.ts$'],
    },
    {
      ...shared,
      displayName: 'services',
      testMatch: ['<rootDir>/{apps,packages}/**/*.services.test.ts'],
      globalSetup: '<rootDir>/tooling/jest/start-services.mjs',
      globalTeardown: '<rootDir>/tooling/jest/stop-services.mjs',
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/{apps,packages,tooling}/**/*.e2e.test.ts'],
    },
  ],
};

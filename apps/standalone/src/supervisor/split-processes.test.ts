import { describe, expect, test } from '@jest/globals';
import { splitProcesses } from './split-processes.js';

describe('splitProcesses', () => {
  test('numbers the processes of each app and gives every gateway a port', () => {
    const [gateways, workers] = splitProcesses({
      appsDir: '/apps',
      gateways: 2,
      llmWorkers: 2,
      toolWorkers: 1,
      port: 3000,
    });

    expect(gateways).toEqual([
      { name: 'gateway-1', main: '/apps/gateway/dist/main.js', env: { PORT: '3000' } },
      { name: 'gateway-2', main: '/apps/gateway/dist/main.js', env: { PORT: '3001' } },
    ]);
    expect(workers?.map(({ name }) => name)).toEqual([
      'llm-worker-1',
      'llm-worker-2',
      'tool-worker-1',
      'memory-extractor-1',
      'summary-worker-1',
    ]);
  });
});

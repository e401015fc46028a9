import { join } from 'node:path';
import type { ProcessDefinition } from './supervised-process.js';

export interface SplitProcessesOptions {
  /** Absolute path of the folder that holds the apps. */
  appsDir: string;
  gateways: number;
  llmWorkers: number;
  toolWorkers: number;
  /** Where the first gateway listens; each further one takes the next number. */
  port: number;
}

/** The processes of a split server in the order of stopping: what takes requests goes before what works on them. */
export function splitProcesses(options: SplitProcessesOptions): ProcessDefinition[][] {
  const { appsDir, gateways, llmWorkers, toolWorkers, port } = options;
  const processes = (app: string, count: number, env?: (index: number) => Record<string, string>) =>
    Array.from({ length: count }, (_, index) => ({
      name: `${app}-${index + 1}`,
      main: join(appsDir, app, 'dist', 'main.js'),
      env: env?.(index) ?? {},
    }));
  // On one machine the workers would all want the one port that the setting names.
  const worker = () => ({ WORKER_HTTP_PORT: '' });
  return [
    processes('gateway', gateways, (index) => ({
      // Port 0 is a free one for each.
      PORT: String(port === 0 ? 0 : port + index),
    })),
    [
      ...processes('llm-worker', llmWorkers, worker),
      ...processes('tool-worker', toolWorkers, worker),
      ...processes('memory-extractor', 1, worker),
      ...processes('summary-worker', 1, worker),
    ],
  ];
}

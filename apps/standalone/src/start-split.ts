import { join } from 'node:path';
import type { RunningApp } from '@troupe/observability';
import type { Arguments } from './read-arguments.js';
import { splitProcesses } from './supervisor/split-processes.js';
import { Supervisor } from './supervisor/supervisor.js';

export interface SplitOptions {
  counts: Pick<Arguments, 'gateways' | 'llmWorkers' | 'toolWorkers'>;
  port: number;
  pidsDir: string;
  /** The environment of every process. */
  env: NodeJS.ProcessEnv;
}

/** The apps' folder, seen from this one's dist or src. */
const APPS_DIR = join(import.meta.dirname, '..', '..');

/** Runs every app as its own process. */
export async function startSplit(options: SplitOptions): Promise<RunningApp & { url: string; processes: string[] }> {
  const supervisor = new Supervisor({
    groups: splitProcesses({ appsDir: APPS_DIR, port: options.port, ...options.counts }),
    env: options.env,
    pidsDir: options.pidsDir,
    onLine: (name, line) => process.stdout.write(`${name.padEnd(18)} ${line}\n`),
  });
  const urls = await supervisor.start();
  const url = urls['gateway-1'];
  if (url === undefined) throw new Error('The gateway did not say where it listens.');
  const processes = Object.entries(supervisor.pids).map(
    ([name, pid]) => `${name.padEnd(18)} pid ${pid}${urls[name] ? `  ${urls[name]}` : ''}`,
  );
  return { url, processes, stop: () => supervisor.stop() };
}

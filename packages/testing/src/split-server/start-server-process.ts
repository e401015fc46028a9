import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readPids } from './read-pids.js';
import { readyBlockUrls } from './ready-block-urls.js';

export interface ServerProcessOptions {
  /** Everything that the server stores goes here; give it again to start on what is there. */
  dataDir: string;
  /** What follows `npm start --`; none: one process. */
  args?: readonly string[];
  /** Settings. Of the test run's own environment a server gets what finds programs, and nothing else. */
  env?: Readonly<Record<string, string>>;
}

export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ServerProcess {
  /** Of the first gateway. */
  url: string;
  /** One a gateway, in their order; of a server in one process, its only one. */
  gatewayUrls: readonly string[];
  /** Of the first tenant's administrator. */
  key: string;
  /** What the server has written so far, and what its processes have. */
  readonly output: readonly string[];
  /** Process ids by name as they are noted now (`llm-worker-1`, `postgres`); a process that is down is missing. */
  pids(): Record<string, number>;
  /** SIGTERM; resolves when the process has ended, after 30 s by SIGKILL. Safe to call twice. */
  stop(): Promise<ServerExit>;
}

const MAIN = join(import.meta.dirname, '../../../../apps/standalone/dist/main.js');
/** A first start downloads Redis where none is installed. Milliseconds. */
const READY_WITHIN_MS = 90_000;
/** The longest stop that the server allows itself is 25 s. Milliseconds. */
const STOP_WITHIN_MS = 30_000;
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR'];

/**
 * Starts the built product as `npm start` does, on a free port, and answers once it is ready. It is stopped when this
 * process ends, however that happens.
 * @throws Error with what the server wrote when it does not become ready.
 */
export async function startServerProcess({ dataDir, args = [], env }: ServerProcessOptions): Promise<ServerProcess> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing. Build first: pnpm build`);
  const child = fork(MAIN, [...args], {
    env: { ...passedOn(), PORT: '0', LOG_LEVEL: 'warn', LOG_FORMAT: 'json', TROUPE_DATA_DIR: dataDir, ...env },
    // Not this process's own flags, which are meant for tests.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const output: string[] = [];
  const exit = once(child, 'close').then(([code, signal]): ServerExit => ({ code, signal }));
  const urls = await readyUrls(child, output, exit).catch((error: Error) => {
    child.kill('SIGKILL');
    throw new Error(`${error.message}\n${output.join('\n')}`, { cause: error });
  });
  return {
    url: urls[0],
    gatewayUrls: urls,
    key: env?.TROUPE_API_KEY ?? readFileSync(join(dataDir, 'api-key'), 'utf8').trim(),
    output,
    pids: () => readPids(join(dataDir, 'pids')),
    stop: () => stop(child, exit),
  };
}

function passedOn(): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Reads what the server writes, from now to its end, and answers once that says where it listens. */
async function readyUrls(
  child: ChildProcess,
  output: string[],
  exit: Promise<ServerExit>,
): Promise<[string, ...string[]]> {
  const ready = Promise.withResolvers<[string, ...string[]]>();
  const timer = setTimeout(
    () => ready.reject(new Error(`The server was not ready within ${READY_WITHIN_MS / 1_000} s.`)),
    READY_WITHIN_MS,
  );
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      output.push(line);
      const urls = readyBlockUrls(output);
      if (urls) ready.resolve(urls);
    });
  }
  const ended = exit.then(({ code, signal }) => {
    throw new Error(`The server ended before it was ready (${signal ?? `exit code ${code}`}).`);
  });
  try {
    return await Promise.race([ready.promise, ended]);
  } finally {
    clearTimeout(timer);
  }
}

async function stop(child: ChildProcess, exit: Promise<ServerExit>): Promise<ServerExit> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  try {
    return await exit;
  } finally {
    clearTimeout(timer);
  }
}

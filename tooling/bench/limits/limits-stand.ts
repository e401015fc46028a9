import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { type ServerProcess, startServerProcess } from '../../../packages/testing/src/index.js';
import { freePort } from '../../processes/free-port.js';
import { type Databases, startDatabases } from '../processes/databases.js';
import { LIMITS, type LimitPart } from './limit-parts.js';
import { LimitedProvider } from './limited-provider.js';

/** The server with everything that it needs, as `npm start -- --split` runs it. */
export interface LimitsStand {
  databases: Databases;
  sql: pg.Pool;
  provider: LimitedProvider;
  server: ServerProcess;
  /** What agents allow a call to write; undefined: they do not say. */
  maxTokens: number | undefined;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export interface LimitsStandOptions {
  root: string;
  part: LimitPart;
  workers: number;
  maxTokens: number | undefined;
  say(line: string): void;
}

/** Starts everything on empty databases, does the work and ends everything, whatever happens. */
export async function withLimitsStand<T>(
  options: LimitsStandOptions,
  work: (stand: LimitsStand) => Promise<T>,
): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const interrupt = () => {
    void stack.disposeAsync().then(() => process.exit(1));
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  try {
    return await work(await startStand(options, stack));
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

async function startStand(options: LimitsStandOptions, stack: AsyncDisposableStack): Promise<LimitsStand> {
  const { root, part, workers, say } = options;
  const databases = await startDatabases(undefined, say);
  stack.defer(() => databases.stop());
  const { folder, databaseUrl, redisUrl } = databases;
  const provider = await LimitedProvider.start(root, join(folder, 'provider.log'), part);
  stack.defer(() => provider.stop());
  const server = await startServerProcess({
    dataDir: join(folder, 'server'),
    args: ['--split', '--llm-workers', String(workers)],
    env: {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      NODE_ENV: 'production',
      PORT: String(await freePort()),
      TROUPE_API_KEY: randomBytes(24).toString('hex'),
      OPENAI_API_KEY: 'simulated',
      OPENAI_BASE_URL: `${provider.url}/v1`,
      DEFAULT_MODEL: 'openai/gpt-4o-mini',
      LIMITS: `openai/*: rpm=${LIMITS.rpm} tpm=${LIMITS.tpm}`,
    },
  });
  stack.defer(async () => {
    await server.stop();
  });
  const sql = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  stack.defer(() => sql.end());
  return { databases, sql, provider, server, maxTokens: options.maxTokens };
}

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '../../processes/free-port.js';
import type { Cell } from '../cells.js';
import type { Cores } from '../processes/cores.js';
import { startDatabases } from '../processes/databases.js';
import { LoadClient } from '../processes/load-client.js';
import { Reference } from '../processes/reference.js';
import { Server } from '../processes/server.js';
import { Simulator } from '../processes/simulator.js';
import { StatementCounter } from '../sql/statement-counter.js';
import type { BenchStand } from './bench-stand.js';

export interface StandOptions {
  root: string;
  standalone: boolean;
  /** Undefined: nothing is pinned. */
  cores: Cores | undefined;
  cells: readonly Cell[];
  countsStatements?: boolean;
  /** Starts the reference, too. */
  reference?: boolean;
  /** More arguments for Node, for all of our server's processes. */
  nodeArgs?: readonly string[];
  /**
   * Processes that can profile themselves. A profile counts time by the clock, so they get the server core for themselves: a
   * write that wakes another process on the same core would be charged for that process's work.
   */
  profiled?: readonly string[];
  say(line: string): void;
}

/** How many lines of what the server complained about are shown. */
const SHOWN_LINES = 5;

type CountingStand = BenchStand & { counter?: StatementCounter };

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Starts everything on empty databases, does the work and ends everything, whatever happens. */
export async function withStand<T>(options: StandOptions, work: (stand: CountingStand) => Promise<T>): Promise<T> {
  await using stack = new AsyncDisposableStack();
  let interrupted: Promise<never> | undefined;
  // Databases have a session of their own and would outlive a Ctrl-C.
  const interrupt = () => {
    interrupted = stack.disposeAsync().then(() => process.exit(1));
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  try {
    return await work(await startStand(options, stack));
  } catch (error) {
    // What failed is what the interruption took away; the process ends when everything is ended.
    await interrupted;
    throw error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

async function startStand(options: StandOptions, stack: AsyncDisposableStack): Promise<CountingStand> {
  const { root, standalone, cores, say, profiled } = options;
  const keep = <R extends { stop(): Promise<void> }>(running: R): R => {
    stack.defer(() => running.stop());
    return running;
  };

  const databases = keep(await startDatabases(profiled ? cores?.load : cores?.server, say));
  const { folder } = databases;
  const log = (name: string) => join(folder, `${name}.log`);
  const port = await freePort();
  const simulator = keep(await Simulator.start({ root, port, core: cores?.load, log: log('simulator') }));
  const client = keep(await LoadClient.start({ core: cores?.load, log: log('client') }));
  const counter = options.countsStatements ? keep(await StatementCounter.start(databases.databaseUrl)) : undefined;
  const apiKey = randomBytes(24).toString('hex');
  const server = keep(
    await Server.start({
      root,
      standalone,
      profiled: profiled ?? [],
      nodeArgs: options.nodeArgs ?? [],
      folder,
      apiKey,
      cores,
      databaseUrl: counter?.databaseUrl ?? databases.databaseUrl,
      redisUrl: databases.redisUrl,
      simulatorUrl: simulator.url,
    }),
  );
  stack.defer(async () => {
    const lines = server.loggedLines();
    if (lines.length > 0) say([`the server logged ${lines.length} lines:`, ...lines.slice(0, SHOWN_LINES)].join('\n'));
  });
  const reference = options.reference
    ? keep(
        await Reference.start({
          core: cores?.server,
          databaseUrl: databases.databaseUrl,
          redisUrl: databases.redisUrl,
          simulatorUrl: simulator.url,
          folder,
        }),
      )
    : undefined;
  const answers = new Map<number, string[]>();
  for (const { tokens } of options.cells) answers.set(tokens, await simulator.tokens(tokens));
  return { cores, databases, simulator, client, server, reference, apiKey, answers, ...(counter && { counter }) };
}

import type { Cores } from '../processes/cores.js';
import type { Databases } from '../processes/databases.js';
import type { LoadClient } from '../processes/load-client.js';
import type { Reference } from '../processes/reference.js';
import type { Server } from '../processes/server.js';
import type { Simulator } from '../processes/simulator.js';

/** Everything that runs during a measurement. */
export interface BenchStand {
  cores: Cores | undefined;
  databases: Databases;
  simulator: Simulator;
  client: LoadClient;
  server: Server;
  /** Undefined where nothing is compared with it. */
  reference: Reference | undefined;
  apiKey: string;
  /** What the simulator says, by number of tokens. */
  answers: ReadonlyMap<number, string[]>;
}

/** The measured server, or what it is compared with. */
export type ServerSide = 'ours' | 'reference';

/** A server's processes by name, the databases among them. */
export function serverPids(stand: BenchStand, side: ServerSide): Map<string, number> {
  const { server, reference, databases } = stand;
  const { processes = [] } = { ours: server, reference }[side] ?? {};
  return new Map([
    ...processes.map(({ name, pid }) => [name, pid] as const),
    ['postgres', databases.pids.postgres],
    ['redis', databases.pids.redis],
  ]);
}

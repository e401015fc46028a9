import type { Cores } from '../processes/cores.js';
import type { Databases } from '../processes/databases.js';
import type { LoadClient } from '../processes/load-client.js';
import type { Server } from '../processes/server.js';
import type { Simulator } from '../processes/simulator.js';

/** Everything that runs during a measurement. */
export interface BenchStand {
  cores: Cores | undefined;
  databases: Databases;
  simulator: Simulator;
  client: LoadClient;
  server: Server;
  apiKey: string;
  /** What the simulator says, by number of tokens. */
  answers: ReadonlyMap<number, string[]>;
}

/** The server's processes by name, the databases among them. */
export function serverPids({ server, databases }: BenchStand): Map<string, number> {
  return new Map([
    ...server.processes.map(({ name, pid }) => [name, pid] as const),
    ['postgres', databases.pids.postgres],
    ['redis', databases.pids.redis],
  ]);
}

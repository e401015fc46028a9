import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { readProcesses, treeCpuMs } from '../processes/proc.js';
import { type BenchStand, type ServerSide, serverPids } from './bench-stand.js';

/** Titles that take longer are reported as not done, in milliseconds. */
const TIMEOUT_MS = 30_000;
const LOOK_MS = 100;
/** Between two looks a server that only waits uses less CPU than this, in milliseconds. */
const QUIET_CPU_MS = 20;

/**
 * Waits until the provider was asked as often as it has to be and the server does no more work, so that what answers leave
 * behind (titles, settled jobs) is paid for by the measurement that caused it.
 * @returns false when that did not happen in time
 */
export async function settle(stand: BenchStand, upstreamCalls: number, side: ServerSide = 'ours'): Promise<boolean> {
  const start = performance.now();
  const cpuMs = () => {
    const rows = readProcesses();
    return [...serverPids(stand, side).values()].reduce((sum, pid) => sum + treeCpuMs(rows, pid), 0);
  };
  for (let before = cpuMs(); ; ) {
    await sleep(LOOK_MS);
    const after = cpuMs();
    const { requests, inFlight } = await stand.simulator.stats();
    const quiet = inFlight === 0 && after - before < QUIET_CPU_MS;
    if (quiet && requests >= upstreamCalls) return true;
    if (performance.now() - start > TIMEOUT_MS) return false;
    before = after;
  }
}

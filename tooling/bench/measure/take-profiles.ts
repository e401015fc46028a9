import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from '../cells.js';
import { type CpuProfile, type ProfileSummary, summarizeProfile } from '../profile/summarize-profile.js';
import type { BenchStand } from './bench-stand.js';
import { jobOf } from './job-of.js';
import { settle } from './settle.js';

/** Where the time of one process went under one load. */
export interface TakenProfile extends ProfileSummary {
  process: string;
  runs: number;
  /** The profile itself, for a viewer such as the one in Chrome's developer tools. */
  file: string;
}

/** @param names of processes, or `all` */
export async function takeProfiles(
  stand: BenchStand,
  options: { root: string; folder: string; cell: Cell; names: readonly string[] },
): Promise<TakenProfile[]> {
  const { root, folder, cell, names } = options;
  const chosen = stand.server.processes.filter(({ name }) => names.includes('all') || names.includes(name));
  if (chosen.length === 0) {
    throw new Error(`--profile: there is ${stand.server.processes.map(({ name }) => name).join(', ')} or all`);
  }
  await stand.simulator.reset();
  for (const process of chosen) {
    const started = process.message('profile-started');
    process.send({ type: 'start-profile' });
    await started;
  }
  const { replies } = await stand.client.run(jobOf(stand, cell, 'ours'));
  await settle(stand, replies);
  const taken: TakenProfile[] = [];
  for (const process of chosen) {
    const file = join(folder, `${process.name}.cpuprofile`);
    const stopped = process.message('profile-stopped');
    process.send({ type: 'stop-profile', file });
    await stopped;
    const profile: CpuProfile = JSON.parse(readFileSync(file, 'utf8'));
    taken.push({ process: process.name, runs: replies, file, ...summarizeProfile(profile, root) });
  }
  return taken;
}

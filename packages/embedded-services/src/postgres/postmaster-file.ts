import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning } from '../process/process-identity.js';

/** Line 8 of postmaster.pid holds the server's state, which pg_ctl waits for as well (miscadmin.h, LOCK_FILE_LINE_*). */
const STATUS_LINE = 7;

/** Whether the server with this process id accepts connections. */
export async function isPostmasterReady(clusterPath: string, pid: number): Promise<boolean> {
  const lines = await readLines(clusterPath);
  return Number(lines?.[0]) === pid && lines?.[STATUS_LINE]?.trim() === 'ready';
}

/**
 * PostgreSQL recognises its own dead predecessor, but takes any process that was given the same id since for a live one.
 * To be called after leftovers were ended: whatever runs under that id now is something else.
 */
export async function removeStalePostmasterFile(clusterPath: string): Promise<void> {
  const lines = await readLines(clusterPath);
  if (lines && isRunning(Number(lines[0]))) await rm(join(clusterPath, 'postmaster.pid'));
}

async function readLines(clusterPath: string): Promise<string[] | undefined> {
  try {
    return (await readFile(join(clusterPath, 'postmaster.pid'), 'utf8')).split('\n');
  } catch {
    return undefined;
  }
}

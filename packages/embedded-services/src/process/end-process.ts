import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from './process-identity.js';

export interface EndingStep {
  signal: NodeJS.Signals;
  /** How long the process may take before the next step, in milliseconds. */
  waitMs: number;
}

/** Sends each signal in turn until the process is gone. Answers whether it is. */
export async function endProcess(pid: number, steps: readonly EndingStep[]): Promise<boolean> {
  for (const { signal, waitMs } of steps) {
    if (!isRunning(pid)) return true;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
      throw error;
    }
    const deadline = Date.now() + waitMs;
    while (Date.now() < deadline) {
      if (!isRunning(pid)) return true;
      await sleep(10);
    }
  }
  return !isRunning(pid);
}

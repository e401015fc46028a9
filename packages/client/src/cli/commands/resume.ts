import type { CommandContext } from '../command-context.js';
import { describeStatus } from '../describe-status.js';

/** `troupe resume <id>`: lets a paused run go on. Returns the exit code. */
export async function resume(
  { client, screen }: CommandContext,
  options: { json?: boolean },
  runId: string,
): Promise<number> {
  const result = await client.runs.resume(runId);
  screen.line(options.json ? JSON.stringify(result) : describeStatus(result.run));
  return 0;
}

import type { CommandContext } from '../command-context.js';
import { describeStatus } from '../describe-status.js';

/** `troupe pause <id>`: lets a run rest. Returns the exit code. */
export async function pause(
  { client, screen }: CommandContext,
  options: { json?: boolean },
  runId: string,
): Promise<number> {
  const result = await client.runs.pause(runId);
  screen.line(options.json ? JSON.stringify(result) : describeStatus(result.run));
  if (options.json) return 0;
  if (result.run.status === 'running') screen.notice('It rests as soon as what is under way has ended.');
  screen.notice(`To let it go on: troupe resume ${runId}`);
  return 0;
}

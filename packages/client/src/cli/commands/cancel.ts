import { isTerminal } from '@troupe/contracts';
import type { CommandContext } from '../command-context.js';
import { describeStatus } from '../describe-status.js';

/** `troupe cancel <id>`: ends a run. Returns the exit code. */
export async function cancel(
  { client, screen }: CommandContext,
  options: { json?: boolean },
  runId: string,
): Promise<number> {
  const result = await client.runs.cancel(runId);
  screen.line(options.json ? JSON.stringify(result) : describeStatus(result.run));
  if (!options.json && !isTerminal(result.run.status)) screen.notice('Its worker ends it within seconds.');
  return 0;
}

import type { CommandContext } from '../command-context.js';

export interface ReplayOptions {
  model?: string;
  json?: boolean;
}

/** `troupe replay <id>`: runs the input of a run again that ended without an answer. Returns the exit code. */
export async function replay(
  { client, screen }: CommandContext,
  { model, json }: ReplayOptions,
  runId: string,
): Promise<number> {
  const accepted = await client.runs.replay(runId, model === undefined ? {} : { model });
  screen.line(json ? JSON.stringify(accepted) : accepted.run_id);
  if (!json) screen.notice(`Accepted as a new run. Look at it with: troupe runs ${accepted.run_id}`);
  return 0;
}

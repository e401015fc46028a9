import type { MultitaskStrategy } from '@troupe/contracts';
import type { Interaction } from '../../troupe-client.js';
import type { CommandContext } from '../command-context.js';
import { readMessage } from '../read-message.js';
import { streamAnswer } from '../stream-answer.js';

export interface InteractOptions {
  message?: string;
  personaId?: string;
  threadId?: string;
  userId?: string;
  model?: string;
  multitaskStrategy?: MultitaskStrategy;
  json?: boolean;
  background?: boolean;
}

/** `troupe interact`: one message, one answer. Returns the exit code. */
export async function interact(context: CommandContext, options: InteractOptions): Promise<number> {
  const { client, screen, terminal } = context;
  const interaction: Interaction = {
    message: await readMessage(options.message, terminal),
    ...(options.personaId === undefined ? {} : { persona_id: options.personaId }),
    ...(options.threadId === undefined ? {} : { thread_id: options.threadId }),
    ...(options.userId === undefined ? {} : { user_id: options.userId }),
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.multitaskStrategy === undefined ? {} : { multitask_strategy: options.multitaskStrategy }),
  };
  if (options.background) {
    const accepted = await client.interactBackground(interaction);
    screen.line(options.json ? JSON.stringify(accepted) : accepted.run_id);
    if (!options.json) screen.notice(`Accepted. Look at it with: troupe runs ${accepted.run_id}`);
    return 0;
  }
  if (options.json) {
    const response = await client.interact(interaction);
    screen.line(JSON.stringify(response));
    return response.status === 'completed' ? 0 : 1;
  }
  const run = await streamAnswer(context, interaction);
  if (run.threadId !== undefined) screen.notice(`To go on: --thread-id ${run.threadId}`);
  return run.ending === 'run.completed' ? 0 : 1;
}

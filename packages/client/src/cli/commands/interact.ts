import type { MultitaskStrategy } from '@troupe/contracts';
import type { Interaction } from '../../troupe-client.js';
import type { CommandContext } from '../command-context.js';
import { readMessage } from '../read-message.js';
import { Interrupted, streamAnswer } from '../stream-answer.js';

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
export async function interact(context: CommandContext, options: InteractOptions, said: string): Promise<number> {
  const { client, screen, terminal } = context;
  const interaction: Interaction = {
    message: await readMessage(said, options.message, terminal),
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
    const response = await untilInterrupted(context, (signal) => client.interact(interaction, { signal }));
    screen.line(JSON.stringify(response));
    return response.status === 'completed' ? 0 : 1;
  }
  const run = await streamAnswer(context, interaction);
  if (run.threadId !== undefined) screen.notice(`To go on: --thread-id ${run.threadId}`);
  return run.ending === 'run.completed' ? 0 : 1;
}

/** Which run answers is not known before it has, so Ctrl-C cannot cancel it. */
async function untilInterrupted<T>(
  { screen, terminal }: CommandContext,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const stopListening = terminal.onInterrupt(() => abort.abort(new Interrupted()));
  try {
    return await ask(abort.signal);
  } catch (error) {
    if (error instanceof Interrupted)
      screen.notice('The run goes on. `troupe runs` finds it, `troupe cancel` ends it.');
    throw error;
  } finally {
    stopListening();
  }
}

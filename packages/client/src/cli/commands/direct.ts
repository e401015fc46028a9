import type { DirectMessage } from '@troupe/contracts';
import type { DirectCall } from '../../troupe-client.js';
import type { CommandContext } from '../command-context.js';
import { readMessage } from '../read-message.js';
import { Interrupted } from '../stream-answer.js';

export interface DirectOptions {
  system?: string;
  message?: string;
  model?: string;
  json?: boolean;
}

/** `troupe direct`: a model without agent, thread or tools. Returns the exit code. */
export async function direct(
  { client, screen, terminal }: CommandContext,
  options: DirectOptions,
  said: string,
): Promise<number> {
  const messages: DirectMessage[] = [{ role: 'user', content: await readMessage(said, options.message, terminal) }];
  if (options.system !== undefined) messages.unshift({ role: 'system', content: options.system });
  const call: DirectCall = { messages, ...(options.model === undefined ? {} : { model: options.model }) };

  const abort = new AbortController();
  const stopListening = terminal.onInterrupt(() => abort.abort(new Interrupted()));
  try {
    if (options.json) {
      screen.line(JSON.stringify(await client.direct(call, { signal: abort.signal })));
      return 0;
    }
    for await (const event of client.directStream(call, { signal: abort.signal })) {
      if (event.type === 'text.delta') screen.answer(event.data.delta);
      else if (event.data.stop_reason !== 'end_turn') screen.notice(`(stopped early: ${event.data.stop_reason})`);
    }
    return 0;
  } finally {
    stopListening();
    screen.endLine();
  }
}

import { TroupeApiError } from '../troupe-api-error.js';
import type { Interaction } from '../troupe-client.js';
import type { CommandContext } from './command-context.js';
import { type PrintedRun, printRun } from './print-run.js';
import type { Terminal } from './terminal.js';

/** Ctrl-C before there was a run to cancel, or again while it was being cancelled. */
export class Interrupted extends Error {
  constructor() {
    super('Interrupted');
    this.name = 'Interrupted';
  }
}

/**
 * Sends a message and writes the answer. Ctrl-C cancels the run on the server and waits for its end; a second one stops waiting.
 * @throws Interrupted, and what the client throws.
 */
export async function streamAnswer(
  { client, screen, terminal }: CommandContext,
  interaction: Interaction,
  interrupts: Pick<Terminal, 'onInterrupt'> = terminal,
): Promise<PrintedRun> {
  const abort = new AbortController();
  let runId: string | undefined;
  let cancelling = false;
  const stopListening = interrupts.onInterrupt(() => {
    if (runId === undefined || cancelling) {
      abort.abort(new Interrupted());
      return;
    }
    cancelling = true;
    client.runs.cancel(runId).catch((error: unknown) => {
      // The run ended by itself in the meantime; its stream says how.
      if (!(error instanceof TroupeApiError && error.code === 'run_terminal')) abort.abort(error);
    });
  });
  try {
    return await printRun(client.interactStream(interaction, { signal: abort.signal }), screen, (event) => {
      if (event.type === 'run.queued') runId = event.data.run_id;
    });
  } finally {
    stopListening();
    screen.endLine();
  }
}

import type { Interaction } from '../../troupe-client.js';
import type { CommandContext } from '../command-context.js';
import { explainError } from '../explain-error.js';
import { LineReader } from '../line-reader.js';
import { Interrupted, streamAnswer } from '../stream-answer.js';

export interface ChatOptions {
  persona?: string;
  threadId?: string;
  userId?: string;
  model?: string;
}

const HELP = '/new begins a new conversation, /exit or Ctrl-D leaves, Ctrl-C cancels an answer.';

/** `troupe chat`: a conversation, line by line, on one thread. Returns the exit code. */
export async function chat(context: CommandContext, options: ChatOptions): Promise<number> {
  const { client, connection, screen, terminal } = context;
  // Asked first, so that a wrong name, address or key is known before anybody has written a message.
  const partner = options.persona === undefined ? undefined : await client.agents.info(options.persona);
  const who = partner ? `${partner.name} (${partner.model})` : 'The default agent';
  screen.notice(`${who} at ${connection.baseUrl}. ${HELP}`);

  const conversation = new Conversation(context, options);
  let failed = false;
  try {
    conversation.lines.prompt();
    for await (const line of conversation.lines) {
      const message = line.trim();
      if (message === '/exit') break;
      if (message === '/new') conversation.begin();
      else if (message === '/help') screen.notice(HELP);
      else if (message !== '' && !(await conversation.answer(message))) failed = true;
      conversation.lines.prompt();
    }
  } finally {
    conversation.close();
  }
  // A person has seen what failed; a script that pipes messages in has only the exit code.
  return failed && !terminal.input.isTTY ? 1 : 0;
}

/** The lines of a chat, its thread, and what Ctrl-C means at the moment. */
class Conversation {
  readonly lines: LineReader;
  readonly #context: CommandContext;
  readonly #options: ChatOptions;
  readonly #stopListening: () => void;
  #threadId: string | undefined;
  #answering = false;
  #leaving = false;

  constructor(context: CommandContext, options: ChatOptions) {
    this.#context = context;
    this.#options = options;
    this.#threadId = options.threadId;
    this.lines = new LineReader(context.terminal);
    this.#stopListening = this.lines.onInterrupt(() => this.#interruptPrompt());
  }

  begin(): void {
    this.#threadId = undefined;
    this.#context.screen.notice('A new conversation.');
  }

  /** Returns false when there is no answer to the message, which has then been said. */
  async answer(message: string): Promise<boolean> {
    const { connection, screen } = this.#context;
    this.#answering = true;
    this.#leaving = false;
    try {
      const run = await streamAnswer(this.#context, this.#interactionOf(message), this.lines);
      this.#threadId = run.threadId ?? this.#threadId;
      return run.ending === 'run.completed' || run.ending === 'run.cancelled';
    } catch (error) {
      if (!(error instanceof Interrupted)) screen.failure(explainError(error, connection));
      return false;
    } finally {
      this.#answering = false;
    }
  }

  close(): void {
    this.#stopListening();
    this.lines.close();
    if (this.#threadId !== undefined)
      this.#context.screen.notice(`To go on: troupe chat --thread-id ${this.#threadId}`);
  }

  /** Ctrl-C at the prompt: the first may be meant for an answer that has just ended. */
  #interruptPrompt(): void {
    if (this.#answering) return;
    if (this.#leaving) {
      this.lines.close();
      return;
    }
    this.#leaving = true;
    this.#context.screen.notice('\nCtrl-C again, /exit or Ctrl-D leaves.');
    this.lines.prompt();
  }

  #interactionOf(message: string): Interaction {
    const { persona, userId, model } = this.#options;
    return {
      message,
      ...(persona === undefined ? {} : { persona_id: persona }),
      ...(userId === undefined ? {} : { user_id: userId }),
      ...(model === undefined ? {} : { model }),
      ...(this.#threadId === undefined ? {} : { thread_id: this.#threadId }),
    };
  }
}

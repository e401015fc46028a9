import { createInterface, type Interface } from 'node:readline';
import type { Terminal } from './terminal.js';

/** The lines that a person types, or that a pipe brings. */
export class LineReader implements AsyncIterable<string> {
  readonly #terminal: Terminal;
  readonly #lines: Interface;
  #closed = false;
  #prompting = false;

  constructor(terminal: Terminal) {
    const interactive = terminal.input.isTTY === true;
    this.#terminal = terminal;
    this.#lines = createInterface({
      input: terminal.input,
      ...(interactive ? { output: terminal.output } : {}),
      terminal: interactive,
      prompt: '> ',
    });
    this.#lines.on('line', () => {
      this.#prompting = false;
    });
    this.#lines.once('close', () => {
      this.#closed = true;
      if (this.#prompting) terminal.output.write('\n');
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return this.#lines[Symbol.asyncIterator]();
  }

  /** Asks for the next line; a pipe is not asked. */
  prompt(): void {
    if (!this.#terminal.input.isTTY || this.#closed) return;
    this.#prompting = true;
    this.#lines.prompt();
  }

  close(): void {
    this.#lines.close();
  }

  /** While lines are read from a terminal, Ctrl-C is a key like others and no signal. */
  onInterrupt(listener: () => void): () => void {
    if (!this.#terminal.input.isTTY) return this.#terminal.onInterrupt(listener);
    this.#lines.on('SIGINT', listener);
    return () => this.#lines.off('SIGINT', listener);
  }
}

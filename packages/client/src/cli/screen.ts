import { styleText } from 'node:util';
import type { Terminal } from './terminal.js';

/** Control characters other than line break and tab: text from a model must not steer the reader's terminal. */
const CONTROL_CHARACTERS = /[^\P{Cc}\n\t]/gu;

/** Writes answers to the output and everything else to the errors, coloured only where a person looks. */
export class Screen {
  readonly #terminal: Terminal;
  readonly #colours: boolean;
  #midLine = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#colours = terminal.errors.isTTY === true && !terminal.environment.NO_COLOR;
  }

  /** A piece of an answer, as it arrives. */
  answer(text: string): void {
    if (text === '') return;
    this.#terminal.output.write(this.#terminal.output.isTTY ? text.replace(CONTROL_CHARACTERS, '') : text);
    this.#midLine = !text.endsWith('\n');
  }

  /** Ends the line of an answer, if it has one open. */
  endLine(): void {
    if (this.#midLine) this.#terminal.output.write('\n');
    this.#midLine = false;
  }

  /** A line of a result. */
  line(text: string): void {
    this.answer(`${text}\n`);
  }

  /** A dim line about what happens. */
  notice(text: string): void {
    this.#tell('dim', text);
  }

  /** A red line about what went wrong. */
  failure(text: string): void {
    this.#tell('red', text);
  }

  #tell(style: 'dim' | 'red', text: string): void {
    if (this.#terminal.output.isTTY) this.endLine();
    const clean = text.replace(CONTROL_CHARACTERS, '');
    const styled = this.#colours ? styleText(style, clean, { validateStream: false }) : clean;
    this.#terminal.errors.write(`${styled}\n`);
  }
}

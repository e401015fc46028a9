import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

const UNHANDLED = ['a promise was rejected and nobody handled it', 'an exception was not caught'];

/** Reads a log that grows, for what nobody handled. */
export class UnhandledLines {
  readonly #path: string;
  #read = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Those since the last time. */
  take(): string[] {
    if (!existsSync(this.#path)) return [];
    const size = statSync(this.#path).size;
    const bytes = Buffer.alloc(size - this.#read);
    const file = openSync(this.#path, 'r');
    readSync(file, bytes, 0, bytes.length, this.#read);
    closeSync(file);
    this.#read = size;
    return bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => UNHANDLED.some((text) => line.includes(text)));
  }
}

import { LineReader } from './line-reader.js';

/** Reads newline-delimited JSON: the texts of the lines, blank ones left out. */
export class JsonLineReader {
  readonly #lines = new LineReader();

  push(bytes: Buffer): string[] {
    return this.#lines.push(bytes).filter(isNotBlank);
  }

  /** The last line, when it lacks its line end. */
  end(): string[] {
    return [this.#lines.rest()].filter(isNotBlank);
  }
}

function isNotBlank(line: string): boolean {
  return line.trim() !== '';
}

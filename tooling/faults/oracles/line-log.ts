import { openSync, readFileSync, writeSync } from 'node:fs';

/** A file of JSON lines that is complete up to the last call, whoever is killed. */
export class LineLog<T> {
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'a');
  }

  add(entry: T): void {
    writeSync(this.#descriptor, `${JSON.stringify(entry)}\n`);
  }
}

export function readLines<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

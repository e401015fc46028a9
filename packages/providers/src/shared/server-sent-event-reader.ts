import { LineReader } from './line-reader.js';

/**
 * Reads the data of server-sent events from bytes that are split anywhere, by the rules of the WHATWG HTML standard
 * (section 9.2.6). Names, ids and retry times are left out: no provider says anything with them that its data does
 * not say.
 */
export class ServerSentEventReader {
  readonly #lines = new LineReader();
  #data: string | undefined;

  /** The data of the events that these bytes complete. */
  push(bytes: Buffer): string[] {
    const events: string[] = [];
    for (const line of this.#lines.push(bytes)) this.#read(line, events);
    return events;
  }

  /** The event that the end of the body left without its blank line: the standard drops it, some servers need it. */
  end(): string[] {
    const events: string[] = [];
    this.#read(this.#lines.rest(), events);
    this.#read('', events);
    return events;
  }

  #read(line: string, events: string[]): void {
    if (line === '') {
      if (this.#data !== undefined && this.#data !== '') events.push(this.#data);
      this.#data = undefined;
      return;
    }
    if (!line.startsWith('data')) return;
    let value: string;
    if (line.length === 4) value = '';
    else if (line.charCodeAt(4) !== 0x3a) return;
    else value = line.slice(line.charCodeAt(5) === 0x20 ? 6 : 5);
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
  }
}

export interface ResponseEvents {
  onHead(status: number): void;
  /** A part of the body, freed from its transfer coding. */
  onBody(text: string): void;
  onEnd(): void;
}

type State = 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer';

/** Reads the responses of one connection, one after the other, however their text is cut up. Latin-1 text: one character is one byte. */
export class ResponseReader {
  #state: State = 'head';
  #waiting = '';
  /** Bytes that are still to come of the body or the chunk. */
  #left = 0;
  readonly #events: ResponseEvents;

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  /** @throws when this is not HTTP, or a body of unknown length */
  feed(text: string): void {
    let rest = this.#waiting + text;
    this.#waiting = '';
    while (rest !== '') {
      const next = this.#state === 'length' || this.#state === 'chunk' ? this.#readBody(rest) : this.#readLines(rest);
      if (next === undefined) {
        this.#waiting = rest;
        return;
      }
      rest = next;
    }
  }

  #readBody(text: string): string {
    const part = text.length > this.#left ? text.slice(0, this.#left) : text;
    this.#left -= part.length;
    this.#events.onBody(part);
    if (this.#left === 0) {
      if (this.#state === 'length') this.#end();
      else this.#state = 'chunk-end';
    }
    return text.length > part.length ? text.slice(part.length) : '';
  }

  /** Undefined when the line or the head is not complete yet. */
  #readLines(text: string): string | undefined {
    const mark = this.#state === 'head' ? '\r\n\r\n' : '\r\n';
    const end = text.indexOf(mark);
    if (end < 0) return undefined;
    const lines = text.slice(0, end);
    if (this.#state === 'head') this.#readHead(lines);
    else if (this.#state === 'chunk-end') this.#state = 'chunk-size';
    else if (this.#state === 'chunk-size') this.#startChunk(lines);
    else if (lines === '') this.#end();
    return text.slice(end + mark.length);
  }

  #readHead(head: string): void {
    const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
    if (status === undefined) throw new Error(`not an HTTP response: ${head.slice(0, 80)}`);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    const chunked = /\r\ntransfer-encoding: *chunked/i.test(head);
    if (length === undefined && !chunked) throw new Error('a response of unknown length');
    this.#state = chunked ? 'chunk-size' : 'length';
    this.#left = Number(length ?? 0);
    this.#events.onHead(Number(status));
    if (this.#state === 'length' && this.#left === 0) this.#end();
  }

  #startChunk(line: string): void {
    this.#left = Number.parseInt(line, 16);
    if (Number.isNaN(this.#left)) throw new Error(`not the size of a chunk: ${line.slice(0, 80)}`);
    this.#state = this.#left === 0 ? 'trailer' : 'chunk';
  }

  #end(): void {
    this.#state = 'head';
    this.#events.onEnd();
  }
}

import { StringDecoder } from 'node:string_decoder';

/** Longest line that is waited for; longer ones are no protocol that we speak. */
const maxLineLength = 33_554_432;

/** Cuts bytes, split anywhere (within lines, within characters), into lines that end in LF, CRLF or CR. */
export class LineReader {
  readonly #decoder = new StringDecoder('utf8');
  #pending = '';
  #atStart = true;
  #afterCarriageReturn = false;

  /** The lines that these bytes complete. @throws RangeError for an endless line */
  push(bytes: Buffer): string[] {
    let text = this.#decoder.write(bytes);
    if (text === '') return [];
    if (this.#atStart) {
      this.#atStart = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    if (this.#afterCarriageReturn || text.includes('\r')) text = this.#unifyLineEnds(text);

    const lines: string[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      lines.push(this.#pending === '' ? text.slice(start, end) : this.#pending + text.slice(start, end));
      this.#pending = '';
      start = end + 1;
    }
    if (start < text.length) this.#pending += start === 0 ? text : text.slice(start);
    if (this.#pending.length > maxLineLength) throw new RangeError('The provider sent a line without an end.');
    return lines;
  }

  /** What follows the last line end, once there are no more bytes. */
  rest(): string {
    const rest = this.#pending + this.#decoder.end();
    this.#pending = '';
    return rest;
  }

  /** A CR ends its line at once; the LF that may follow it, perhaps in the next chunk, ends nothing more. */
  #unifyLineEnds(text: string): string {
    const next = this.#afterCarriageReturn && text.charCodeAt(0) === 0x0a ? text.slice(1) : text;
    this.#afterCarriageReturn = text.endsWith('\r');
    return next.replace(/\r\n?/g, '\n');
  }
}

/**
 * Cuts one direction of a PostgreSQL connection into its messages, however the bytes arrive. Formats: PostgreSQL
 * documentation, "Frontend/Backend Protocol", "Message Formats".
 */
export class MessageFrames {
  readonly #onMessage: (type: string, body: Buffer) => void;
  #waiting: Buffer = Buffer.alloc(0);
  /** A client's first messages carry no type; the one with this version ends them (protocol 3). */
  #startingUp: boolean;

  constructor(side: 'client' | 'server', onMessage: (type: string, body: Buffer) => void) {
    this.#startingUp = side === 'client';
    this.#onMessage = onMessage;
  }

  feed(bytes: Buffer): void {
    let rest = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    for (;;) {
      const prefix = this.#startingUp ? 0 : 1;
      if (rest.length < prefix + 4) break;
      const end = prefix + rest.readUInt32BE(prefix);
      if (rest.length < end) break;
      const body = rest.subarray(prefix + 4, end);
      if (!this.#startingUp) this.#onMessage(String.fromCharCode(rest[0] ?? 0), body);
      else if (body.length >= 4 && body.readUInt16BE(0) === 3) this.#startingUp = false;
      rest = rest.subarray(end);
    }
    this.#waiting = rest;
  }
}

/** A statement that a client executes: prepared ones have a name and values, others are their text. */
export interface BoundStatement {
  name: string;
  values: (string | null)[];
}

/** Reads a Bind ('B'): portal, statement, formats, values. Values are read as text, which is how `pg` sends them. */
export function readBind(body: Buffer): BoundStatement {
  const portalEnd = body.indexOf(0);
  const nameEnd = body.indexOf(0, portalEnd + 1);
  let at = nameEnd + 1;
  at += 2 + 2 * body.readUInt16BE(at);
  const count = body.readUInt16BE(at);
  at += 2;
  const values: (string | null)[] = [];
  for (let index = 0; index < count; index += 1) {
    const length = body.readInt32BE(at);
    at += 4;
    values.push(length < 0 ? null : body.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  return { name: body.toString('utf8', portalEnd + 1, nameEnd), values };
}

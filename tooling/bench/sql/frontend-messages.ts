export interface StatementEvents {
  /** Once, with the name that the client gave itself. */
  onStart(applicationName: string): void;
  /** The text of a statement that is executed. */
  onStatement(sql: string): void;
}

/** Startup messages carry no type; this is the version that a client without encryption begins with (protocol 3). */
const PROTOCOL_3 = 3;

/**
 * Reads what a client sends to PostgreSQL on one connection and reports each statement that it executes, prepared ones
 * included. Message formats: PostgreSQL documentation, "Frontend/Backend Protocol", "Message Formats".
 */
export class FrontendMessages {
  readonly #events: StatementEvents;
  #waiting: Buffer = Buffer.alloc(0);
  #started = false;
  readonly #statements = new Map<string, string>();
  readonly #portals = new Map<string, string>();

  constructor(events: StatementEvents) {
    this.#events = events;
  }

  feed(bytes: Buffer): void {
    let rest = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]);
    for (;;) {
      const prefix = this.#started ? 1 : 0;
      if (rest.length < prefix + 4) break;
      const end = prefix + rest.readUInt32BE(prefix);
      if (rest.length < end) break;
      const body = rest.subarray(prefix + 4, end);
      if (this.#started) this.#read(String.fromCharCode(rest[0] ?? 0), body);
      else this.#start(body);
      rest = rest.subarray(end);
    }
    this.#waiting = rest;
  }

  #start(body: Buffer): void {
    if (body.readUInt16BE(0) !== PROTOCOL_3) return;
    this.#started = true;
    const words = body.subarray(4).toString('utf8').split('\0');
    const at = words.findIndex((word, index) => index % 2 === 0 && word === 'application_name');
    this.#events.onStart(words[at + 1] && at >= 0 ? (words[at + 1] ?? '') : 'unnamed');
  }

  #read(type: string, body: Buffer): void {
    if (type === 'Q') this.#events.onStatement(textAt(body, 0));
    else if (type === 'P') this.#statements.set(textAt(body, 0), textAt(body, textAt(body, 0).length + 1));
    else if (type === 'B') {
      const portal = textAt(body, 0);
      this.#portals.set(portal, this.#statements.get(textAt(body, portal.length + 1)) ?? '');
    } else if (type === 'E') this.#events.onStatement(this.#portals.get(textAt(body, 0)) ?? '');
  }
}

/** A C string. Names are ASCII, so characters are bytes where they are skipped. */
function textAt(body: Buffer, start: number): string {
  return body.toString('utf8', start, body.indexOf(0, start));
}

import { isSecretField, isSecretParameter } from './secret-names.js';

/** What stands in a cassette where a secret was. */
const scrubbed = '[scrubbed]';

/** Shorter credentials are the dummies of tests (`test`, `none`) and would be found in ordinary sentences. */
const minLearnedLength = 12;
/** A request that a tool call quotes in its arguments, which an event of a stream holds as text. */
const maxJsonDepth = 3;

/** Keys of vendors that begin in a way of their own, and credentials of HTTP. */
const keyShapes = [
  /\b(?:sk|rk|pk)-[\w-]{20,}/g,
  /\bgsk_\w{20,}/g,
  /\bAIza[\w-]{30,}/g,
  /\bBearer\s+[\w.~+/-]{16,}=*/gi,
];
/** A JSON field and its text, also where the JSON stands inside another JSON text, whose own field is looked past. */
const jsonTextField = /(\\*")([\w-]{3,40})\1\s*:\s*(?=(\\*")((?:(?!(?<!\\)\3).)*)(?<!\\)\3)/g;

interface Span {
  start: number;
  end: number;
}

/** Takes secrets out of what is written: those that are named, those that requests carried, and what looks like one. */
export class Scrubber {
  readonly #secrets = new Set<string>();

  constructor(named: readonly string[]) {
    for (const secret of named) if (secret !== '') this.#add(secret);
  }

  /** A credential that was seen where credentials are: from now on it is looked for everywhere. */
  learn(credential: string): void {
    const bare = credential.replace(/^(?:Bearer|Basic|Token)\s+/i, '');
    if (bare.length >= minLearnedLength) this.#add(bare);
  }

  text(text: string): string {
    return cover(
      text,
      this.#spansIn(text, (secret) => secret),
    );
  }

  /** A path with its query, each parameter as it was written. */
  path(path: string): string {
    const [location = '', ...queries] = path.split('?');
    if (queries.length === 0) return this.text(location);
    const parameters = queries.join('?').split('&');
    const shown = parameters.map((parameter) => {
      const [name = ''] = parameter.split('=', 1);
      return isSecretParameter(name) && parameter.includes('=') ? `${name}=${scrubbed}` : parameter;
    });
    return this.text(`${location}?${shown.join('&')}`);
  }

  /** A value of JSON: the texts in it, and whole those of fields whose name tells that they are secret. */
  json<T>(value: T): T {
    return this.#json(value) as T;
  }

  /**
   * Bytes, and positions between them that move with what is taken out. Bytes are looked at one by one, so they need
   * not be text and a secret is found wherever a piece ends within it.
   */
  bytes(bytes: Buffer, positions: readonly number[]): { bytes: Buffer; positions: number[] } {
    const text = bytes.toString('latin1');
    const spans = this.#spansIn(text, (secret) => Buffer.from(secret).toString('latin1'));
    if (spans.length === 0) return { bytes, positions: [...positions] };
    return {
      bytes: Buffer.from(cover(text, spans), 'latin1'),
      positions: positions.map((position) => positionAfter(spans, position)),
    };
  }

  #json(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#json(item));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([name, item]) => [
      this.text(name),
      typeof item === 'string' && isSecretField(name) ? scrubbed : this.#json(item),
    ]);
    return Object.fromEntries(entries);
  }

  /** With the forms that a secret takes inside a URL, and inside JSON that may stand in JSON again. */
  #add(secret: string): void {
    let form = secret;
    for (let depth = 0; depth <= maxJsonDepth; depth += 1) {
      this.#secrets.add(form);
      form = JSON.stringify(form).slice(1, -1);
    }
    if (secret.isWellFormed()) this.#secrets.add(encodeURIComponent(secret));
  }

  #spansIn(text: string, encode: (secret: string) => string): Span[] {
    const spans: Span[] = [];
    for (const secret of this.#secrets) {
      const searched = encode(secret);
      for (let start = text.indexOf(searched); start !== -1; start = text.indexOf(searched, start + searched.length)) {
        spans.push({ start, end: start + searched.length });
      }
    }
    for (const shape of keyShapes) {
      for (const { index, 0: found } of text.matchAll(shape)) spans.push({ start: index, end: index + found.length });
    }
    for (const { index, 0: found, 2: name = '', 3: quote = '', 4: value = '' } of text.matchAll(jsonTextField)) {
      const start = index + found.length + quote.length;
      if (value !== '' && isSecretField(name)) spans.push({ start, end: start + value.length });
    }
    return merge(spans);
  }
}

function merge(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.sort((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last !== undefined && span.start < last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

function cover(text: string, spans: readonly Span[]): string {
  let shown = '';
  let at = 0;
  for (const { start, end } of spans) {
    shown += text.slice(at, start) + scrubbed;
    at = end;
  }
  return at === 0 ? text : shown + text.slice(at);
}

function positionAfter(spans: readonly Span[], position: number): number {
  let moved = position;
  for (const { start, end } of spans) {
    if (start >= position) break;
    // A position within a secret moves behind what replaces it.
    moved += scrubbed.length - (Math.min(end, position) - start);
  }
  return moved;
}

import { type JsonObject, type JsonValue, MAX_JSON_DEPTH } from '@troupe/contracts';

/** A container that has not been closed yet; in an object, with the key whose value comes. */
type Frame = { array: JsonValue[] } | { object: JsonObject; key: string };

type Expected = 'value' | 'value_or_end' | 'key' | 'key_or_end' | 'colon' | 'comma_or_end' | 'string' | 'scalar';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LITERALS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** The longest number that a program writes has 25 characters; more would only cost memory. */
const MAX_SCALAR_CHARACTERS = 400;

/**
 * Reads one object or array that arrives in pieces, each character once, and tells at any time what is there of it.
 * Strict, as `JSON.parse` is; nothing is repaired. The key `__proto__` is left out.
 */
export class JsonReader {
  state: 'open' | 'complete' | 'failed' = 'open';
  /** Whether a key with its colon has been read: this is JSON then, no brackets in a sentence. */
  hasKey = false;
  #expected: Expected = 'value';
  #root: JsonValue | undefined;
  readonly #frames: Frame[] = [];
  /** Of the string or scalar under way; a string's escape begins with its backslash. */
  #text = '';
  #escape = '';
  #stringIsKey = false;

  /** Containers that are open. */
  get depth(): number {
    return this.#frames.length;
  }

  get inString(): boolean {
    return this.#expected === 'string';
  }

  /** Reads from an index on; answers with the index after the last character that belongs to the value. */
  push(chunk: string, from = 0): number {
    let index = from;
    while (index < chunk.length && this.state === 'open') {
      if (this.#expected === 'string') index = this.#readString(chunk, index);
      else if (this.#expected === 'scalar') index = this.#readScalar(chunk, index);
      else index = this.#readStructure(chunk, index);
    }
    return index;
  }

  /**
   * What is there so far: a string that is being written as far as it goes, numbers and words only when they are whole.
   * The open containers are fresh copies, what is closed is shared between snapshots: read it, do not change it.
   */
  snapshot(): JsonValue | undefined {
    if (this.state === 'complete') return this.#root;
    let inner: JsonValue | undefined = this.#openString();
    for (const frame of this.#frames.toReversed()) {
      if ('array' in frame) {
        const copy: JsonValue[] = frame.array.slice();
        if (inner !== undefined) copy.push(inner);
        inner = copy;
      } else {
        const copy = { ...frame.object };
        if (inner !== undefined) setKey(copy, frame.key, inner);
        inner = copy;
      }
    }
    return inner;
  }

  /**
   * The whole elements so far of the array at the top, or under this key of the object at the top. Grows in place.
   * Undefined while there is no such array.
   */
  elements(key: string): readonly JsonValue[] | undefined {
    const top = this.#frames[0];
    if (top === undefined) return arrayAt(this.#root, key);
    if ('array' in top) return top.array;
    const below = this.#frames[1];
    return top.key === key && below !== undefined && 'array' in below ? below.array : arrayAt(top.object, key);
  }

  #openString(): string | undefined {
    if (this.#expected !== 'string' || this.#stringIsKey) return undefined;
    // The second half of a pair of surrogates may be still to come.
    const last = this.#text.charCodeAt(this.#text.length - 1);
    return last >= 0xd800 && last <= 0xdbff ? this.#text.slice(0, -1) : this.#text;
  }

  #readStructure(chunk: string, index: number): number {
    const character = chunk[index] ?? '';
    if (character === ' ' || character === '\n' || character === '\r' || character === '\t') return index + 1;
    switch (this.#expected) {
      case 'value_or_end':
        if (character === ']') this.#close();
        else return this.#beginValue(character, index);
        break;
      case 'value':
        return this.#beginValue(character, index);
      case 'key_or_end':
        if (character === '}') this.#close();
        else this.#beginKey(character);
        break;
      case 'key':
        this.#beginKey(character);
        break;
      case 'colon':
        if (character !== ':') return this.#fail(index);
        this.hasKey = true;
        this.#expected = 'value';
        break;
      default:
        this.#readComma(character);
    }
    return this.#isOpen() ? index + 1 : this.#after(index);
  }

  /** A method of its own, because the type checker does not see that other methods change the state. */
  #isOpen(): boolean {
    return this.state === 'open';
  }

  /** The character that closed the value is part of it; one that does not fit is not. */
  #after(index: number): number {
    return this.state === 'complete' ? index + 1 : index;
  }

  #beginValue(character: string, index: number): number {
    if (character === '{' || character === '[') {
      if (this.#frames.length >= MAX_JSON_DEPTH) return this.#fail(index);
      this.#frames.push(character === '[' ? { array: [] } : { object: {}, key: '' });
      this.#expected = character === '[' ? 'value_or_end' : 'key_or_end';
      return index + 1;
    }
    if (this.#frames.length === 0) return this.#fail(index);
    this.#text = '';
    if (character === '"') {
      this.#stringIsKey = false;
      this.#expected = 'string';
      return index + 1;
    }
    this.#expected = 'scalar';
    return index;
  }

  #beginKey(character: string): void {
    if (character !== '"') {
      this.state = 'failed';
      return;
    }
    this.#text = '';
    this.#stringIsKey = true;
    this.#expected = 'string';
  }

  #readComma(character: string): void {
    const frame = this.#frames.at(-1);
    const isArray = frame !== undefined && 'array' in frame;
    if (character === ',') this.#expected = isArray ? 'value' : 'key';
    else if (character === (isArray ? ']' : '}')) this.#close();
    else this.state = 'failed';
  }

  #readString(chunk: string, index: number): number {
    if (this.#escape !== '') return this.#readEscape(chunk, index);
    let end = index;
    for (; end < chunk.length; end += 1) {
      const code = chunk.charCodeAt(end);
      if (code === 0x22 || code === 0x5c || code < 0x20) break;
    }
    this.#text += chunk.slice(index, end);
    if (end === chunk.length) return end;
    const character = chunk[end];
    if (character === '\\') this.#escape = '\\';
    else if (character !== '"') return this.#fail(end);
    else this.#endString();
    return end + 1;
  }

  #readEscape(chunk: string, index: number): number {
    const character = chunk[index] ?? '';
    if (this.#escape === '\\') {
      const plain = ESCAPES[character];
      if (character === 'u') this.#escape = '\\u';
      else if (plain === undefined) return this.#fail(index);
      else this.#endEscape(plain);
      return index + 1;
    }
    if (!/[0-9a-fA-F]/.test(character)) return this.#fail(index);
    this.#escape += character;
    if (this.#escape.length === 6) this.#endEscape(String.fromCharCode(Number.parseInt(this.#escape.slice(2), 16)));
    return index + 1;
  }

  #endEscape(plain: string): void {
    this.#text += plain;
    this.#escape = '';
  }

  #endString(): void {
    const frame = this.#frames.at(-1);
    if (!this.#stringIsKey) {
      this.#add(this.#text);
    } else if (frame !== undefined && 'object' in frame) {
      frame.key = this.#text;
      this.#expected = 'colon';
    }
  }

  /** Numbers and words end with the character after them, which is left for the structure. */
  #readScalar(chunk: string, index: number): number {
    let end = index;
    while (end < chunk.length && /[-+.\w]/.test(chunk[end] ?? '')) end += 1;
    this.#text += chunk.slice(index, end);
    if (this.#text.length > MAX_SCALAR_CHARACTERS || (end === index && this.#text === '')) return this.#fail(index);
    if (end === chunk.length) {
      return isBeginning(this.#text) ? end : this.#fail(end);
    }
    const value = LITERALS.get(this.#text) ?? (NUMBER.test(this.#text) ? Number(this.#text) : undefined);
    if (value === undefined && !LITERALS.has(this.#text)) return this.#fail(end);
    this.#add(value ?? null);
    return end;
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    const value = 'array' in frame ? frame.array : frame.object;
    if (this.#frames.length > 0) {
      this.#add(value);
    } else {
      this.#root = value;
      this.state = 'complete';
    }
  }

  #add(value: JsonValue): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    if ('array' in frame) frame.array.push(value);
    else setKey(frame.object, frame.key, value);
    this.#expected = 'comma_or_end';
  }

  #fail(index: number): number {
    this.state = 'failed';
    return index;
  }
}

function setKey(object: JsonObject, key: string, value: JsonValue): void {
  if (key !== '__proto__') object[key] = value;
}

function arrayAt(value: JsonValue | undefined, key: string): readonly JsonValue[] | undefined {
  if (Array.isArray(value)) return value;
  const found = typeof value === 'object' && value !== null ? value[key] : undefined;
  return Array.isArray(found) ? found : undefined;
}

/** Whether a word that goes on may still become one of JSON's: prose fails at its first letters. */
function isBeginning(text: string): boolean {
  if (/^-?\d*(?:\.\d*)?(?:[eE][-+]?\d*)?$/.test(text)) return true;
  return [...LITERALS.keys()].some((literal) => literal.startsWith(text));
}

import type { JsonValue } from '@troupe/contracts';
import { JsonReader } from './json-reader.js';

/**
 * Finds the objects and arrays in a text that arrives in pieces: bare, in code fences, or with words around them. Looks
 * at each character once. Brackets of a sentence are passed over; JSON that is broken in its middle is passed over as a
 * whole, so that a part of it is never taken for all of it.
 */
export class JsonInText {
  /** Those that are whole, in the order of the text. */
  readonly values: JsonValue[] = [];
  #reader: JsonReader | undefined;
  #broken = false;
  /** Brackets that are still open in what is passed over, and whether a string is open there. */
  #passing: { depth: number; inString: boolean; escaped: boolean } | undefined;

  push(chunk: string): void {
    let index = 0;
    while (index < chunk.length) {
      if (this.#passing) index = this.#passOver(this.#passing, chunk, index);
      else if (this.#reader) index = this.#read(this.#reader, chunk, index);
      else index = this.#search(chunk, index);
    }
  }

  /** Why the text's JSON cannot be used as it ends; undefined when nothing is half there. */
  get flaw(): 'cut_off' | 'broken' | undefined {
    if (this.#reader?.hasKey) return 'cut_off';
    return this.#broken ? 'broken' : undefined;
  }

  /** The value under way as far as it goes, else the last whole one. */
  snapshot(): JsonValue | undefined {
    return this.#reader ? this.#reader.snapshot() : this.values.at(-1);
  }

  /** The whole elements of an array that is the value under way, or is in it under this key. */
  elements(key: string): readonly JsonValue[] | undefined {
    if (this.#reader) return this.#reader.elements(key);
    const last = this.values.at(-1);
    if (Array.isArray(last)) return last;
    const found = typeof last === 'object' && last !== null ? last[key] : undefined;
    return Array.isArray(found) ? found : undefined;
  }

  #search(chunk: string, from: number): number {
    const bracket = /[{[]/g;
    bracket.lastIndex = from;
    const found = bracket.exec(chunk);
    if (!found) return chunk.length;
    this.#reader = new JsonReader();
    return found.index;
  }

  #read(reader: JsonReader, chunk: string, from: number): number {
    const end = reader.push(chunk, from);
    if (reader.state === 'open') return end;
    this.#reader = undefined;
    if (reader.state === 'complete') {
      const value = reader.snapshot();
      if (value !== undefined) this.values.push(value);
      this.#broken = false;
    } else if (reader.hasKey) {
      this.#broken = true;
      this.#passing = { depth: reader.depth, inString: reader.inString, escaped: false };
    }
    return end;
  }

  #passOver(passing: { depth: number; inString: boolean; escaped: boolean }, chunk: string, from: number): number {
    let index = from;
    for (; index < chunk.length && passing.depth > 0; index += 1) {
      const character = chunk[index];
      if (passing.escaped) passing.escaped = false;
      else if (character === '\\') passing.escaped = passing.inString;
      else if (character === '"') passing.inString = !passing.inString;
      else if (!passing.inString && (character === '{' || character === '[')) passing.depth += 1;
      else if (!passing.inString && (character === '}' || character === ']')) passing.depth -= 1;
    }
    if (passing.depth === 0) this.#passing = undefined;
    return index;
  }
}

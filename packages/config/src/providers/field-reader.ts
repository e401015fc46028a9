import { nearMatches } from '@troupe/contracts';

/** Reads the fields of one object of a file and gathers what is wrong with them, a sentence each. */
export class FieldReader {
  readonly #read = new Set<string>();

  constructor(
    readonly fields: Record<string, unknown>,
    /** Where the object is: `providers[2] (groq)`. */
    readonly place: string,
    readonly problems: string[],
  ) {}

  text(name: string, options: { required?: boolean; pattern?: RegExp; expected: string }): string | undefined {
    const value = this.#take(name);
    if (value === undefined) {
      if (options.required) this.complain(name, `is missing: ${options.expected}`);
      return undefined;
    }
    const fits = typeof value === 'string' && value !== '' && (options.pattern?.test(value) ?? true);
    if (fits) return value;
    this.complain(name, `must be ${options.expected}`);
    return undefined;
  }

  texts(name: string, expected: string): string[] | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string' && text !== '')) {
      return value;
    }
    this.complain(name, `must be ${expected}`);
    return undefined;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[], required = false): Choice | undefined {
    const value = this.#take(name);
    if (value === undefined) {
      if (required) this.complain(name, `is missing: one of ${choices.join(', ')}`);
      return undefined;
    }
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) this.complain(name, `must be one of ${choices.join(', ')}`);
    return chosen;
  }

  /** An object whose fields are renamed to ours, each of its kind: truth, a whole number above 0, or one of some words. */
  record(name: string, known: Record<string, [string, 'boolean' | 'count' | readonly string[]]>): object | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.complain(name, 'must hold fields of its own');
      return undefined;
    }
    const inner = new FieldReader({ ...value }, `${this.place}.${name}`, this.problems);
    const result: Record<string, unknown> = {};
    for (const [field, [ours, kind]] of Object.entries(known)) {
      const read = inner.#ofKind(field, kind);
      if (read !== undefined) result[ours] = read;
    }
    inner.refuseUnknown();
    return result;
  }

  /** Last of all: what nobody asked for is a mistake, most often of spelling. */
  refuseUnknown(): void {
    for (const name of Object.keys(this.fields)) {
      if (this.#read.has(name)) continue;
      const near = nearMatches(name, [...this.#read]);
      const advice = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${[...this.#read].join(', ')}`;
      this.complain(name, `is not known: ${advice}`);
    }
  }

  complain(name: string, what: string): void {
    this.problems.push(`${this.place}.${name} ${what}`);
  }

  #ofKind(name: string, kind: 'boolean' | 'count' | readonly string[]): unknown {
    if (kind !== 'boolean' && kind !== 'count') return this.choice(name, kind);
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (kind === 'boolean' ? typeof value === 'boolean' : isCount(value)) return value;
    this.complain(name, `must be ${kind === 'boolean' ? 'true or false' : 'a whole number above 0'}`);
    return undefined;
  }

  #take(name: string): unknown {
    this.#read.add(name);
    return this.fields[name] ?? undefined;
  }
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

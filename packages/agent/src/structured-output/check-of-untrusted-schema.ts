import { type JsonSchema, type JsonValue, TroupeError } from '@troupe/contracts';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import { AJV_OPTIONS, compileJsonSchema, verdictOf } from './compile-json-schema.js';
import type { SchemaCheck } from './schema-check.js';
import { withinCpuTime } from './within-cpu-time.js';

/** Characters of JSON. Those that people write have a few thousand; every request carries it to the provider. */
const MAX_SCHEMA_CHARACTERS = 65_536;
/** Objects and arrays within each other. Data of ten levels needs a schema of about twenty. */
const MAX_SCHEMA_DEPTH = 64;
/** Schemas can be made whose check takes years: this ends it. A usual one takes microseconds. Milliseconds. */
const CHECK_MS = 100;
/** To compile; a usual schema takes a few. Milliseconds. */
const COMPILE_MS = 1_000;
/** Checks that are kept: a server reads its agents anew for every turn. */
const MAX_KEPT = 200;

/** Takes time in proportion to the text, whatever the pattern. RE2 has neither look-around nor back-references. */
class LinearPattern {
  readonly #pattern: string;
  readonly #compiled: RE2JS;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  }

  test(text: string): boolean {
    return this.#compiled.matcher(text).find();
  }

  /** Ajv keeps patterns by what they are as a string. */
  toString(): string {
    return this.#pattern;
  }
}

function compiler(): Ajv2020 {
  const regExp = Object.assign((pattern: string) => new LinearPattern(pattern), { code: 'LinearPattern' });
  const ajv = new Ajv2020({ ...AJV_OPTIONS, code: { regExp } });
  addFormats.default(ajv);
  // Compiles the schema of schemas, too, which else the first one would pay for.
  ajv.compile({});
  return ajv;
}

const kept = new Map<string, SchemaCheck<JsonValue>>();
/** Keeps parts of every schema that it compiles, so it goes with them. */
let ajv: Ajv2020 | undefined;

/**
 * The check of a schema that somebody sent. It is bounded in size and depth, refers to nothing outside itself, and neither
 * its making nor its use can hold up the process.
 * @throws TroupeError `invalid_request` that says what is wrong with the schema
 */
export function checkOfUntrustedSchema(schema: JsonSchema): SchemaCheck<JsonValue> {
  // First of all: what is nested a thousand times over has no JSON either.
  refuseUnboundedParts(schema, 0);
  const text = JSON.stringify(schema);
  const known = kept.get(text);
  if (known) return known;
  if (text.length > MAX_SCHEMA_CHARACTERS) {
    throw refused(`it has ${text.length} characters of JSON; ${MAX_SCHEMA_CHARACTERS} are allowed`);
  }
  const { $schema: _, $id: __, ...jsonSchema } = schema;
  const validate = compile(jsonSchema);
  const check: SchemaCheck<JsonValue> = {
    jsonSchema,
    check: async (value) => bounded(CHECK_MS, checkTooLong, () => verdictOf(validate, value)),
  };
  kept.set(text, check);
  return check;
}

function compile(jsonSchema: JsonSchema): ValidateFunction {
  if (kept.size >= MAX_KEPT) {
    kept.clear();
    ajv = undefined;
  }
  // Outside of the bound: what the compiler takes to be made, in a process that has just begun, is no schema's fault.
  ajv ??= compiler();
  return bounded(COMPILE_MS, compilesTooLong, () => {
    ajv ??= compiler();
    return compileJsonSchema(ajv, jsonSchema);
  });
}

/** What was ended in its middle may be left half done, so what compiles goes with it. */
function bounded<T>(milliseconds: number, tooLong: () => TroupeError, work: () => T): T {
  const done = withinCpuTime(milliseconds, work, () => {
    ajv = undefined;
  });
  if (!done) throw tooLong();
  return done.result;
}

function refuseUnboundedParts(value: JsonValue, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_SCHEMA_DEPTH) throw refused(`it is nested more than ${MAX_SCHEMA_DEPTH} levels deep`);
  for (const [key, inner] of Object.entries(value)) {
    if ((key === '$ref' || key === '$dynamicRef') && typeof inner === 'string' && !inner.startsWith('#')) {
      throw refused(`${key} "${inner.slice(0, 100)}" leads outside it; begin it with "#"`);
    }
    if (key === '$id' && depth > 0 && typeof inner === 'string') {
      throw refused('a part of it has an $id of its own, so that references would lead elsewhere');
    }
    refuseUnboundedParts(inner, depth + 1);
  }
}

function refused(why: string): TroupeError {
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `The output schema cannot be used: ${why}.`,
  });
}

function compilesTooLong(): TroupeError {
  return refused(`it takes more than ${COMPILE_MS} ms to compile`);
}

/** No other answer of the model would help. */
function checkTooLong(): TroupeError {
  const message = `An answer could not be checked by the output schema within ${CHECK_MS} ms. Make the schema simpler.`;
  return new TroupeError({ code: 'output_invalid', fault: 'caller', message, details: { errors: [message] } });
}

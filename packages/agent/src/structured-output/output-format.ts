import { cleanJson, type JsonSchema, type JsonValue, TroupeError } from '@troupe/contracts';
import type { OutputSchema } from '@troupe/spec';
import { checkOfSchema } from './check-of-schema.js';
import type { OutputOf, OutputType } from './output-type.js';
import { relocateSchema } from './relocate-schema.js';
import type { SchemaCheck } from './schema-check.js';
import { refusal, type Verdict } from './verdict.js';

/** How an answer is asked for, and how what comes is judged, whatever the provider did about it. */
export interface OutputFormat<T> {
  /** Always of an object: providers take nothing else. What is no object is the `value` of one. */
  request: OutputSchema;
  /** Judges a JSON value that was found in an answer. */
  check(found: JsonValue): Promise<Verdict<T>>;
  /** What a JSON value in an answer, perhaps half of it, is of the output; undefined when it is none of it. */
  partOf(found: JsonValue): JsonValue | undefined;
}

/** Letters, digits, `_` and `-`, at most 64, by the rule of OpenAI and Anthropic. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** @throws TroupeError `invalid_request` for a schema or a name that cannot be used. */
export function outputFormat<S extends OutputType>(schema: S, name = 'answer'): OutputFormat<OutputOf<S>> {
  return formatOf(checkOfSchema(schema), name);
}

export function formatOf<T>(schema: SchemaCheck<T>, name: string): OutputFormat<T> {
  if (!NAME.test(name)) throw nameRefused(name);
  return describesObject(schema.jsonSchema) ? bareFormat(schema, name) : envelopedFormat(schema, name);
}

function bareFormat<T>({ jsonSchema, check }: SchemaCheck<T>, name: string): OutputFormat<T> {
  return {
    request: { name, schema: jsonSchema },
    check: (found) => checkClean(found, check),
    partOf: (found) => (isObject(found) ? found : undefined),
  };
}

function envelopedFormat<T>({ jsonSchema, check }: SchemaCheck<T>, name: string): OutputFormat<T> {
  const { schema, definitions } = relocateSchema(jsonSchema, '/properties/value');
  const takesArray = schema.type === 'array';
  return {
    request: {
      name,
      schema: {
        type: 'object',
        properties: { value: schema },
        required: ['value'],
        additionalProperties: false,
        ...definitions,
      },
    },
    // Models that are only asked leave the envelope out at times.
    async check(found) {
      const inside = insideOf(found);
      const verdict = inside === undefined ? undefined : await checkClean(inside, check);
      if (verdict?.valid) return verdict;
      const bare = await checkClean(found, check);
      return bare.valid ? bare : (verdict ?? bare);
    },
    partOf(found) {
      if (Array.isArray(found)) return takesArray ? found : undefined;
      return isObject(found) ? found.value : undefined;
    },
  };
}

/** What cannot be stored (nested too deep) is no valid output either. */
async function checkClean<T>(found: JsonValue, check: SchemaCheck<T>['check']): Promise<Verdict<T>> {
  let clean: JsonValue;
  try {
    clean = cleanJson(found);
  } catch (error) {
    return refusal([error instanceof Error ? error.message : String(error)]);
  }
  return check(clean);
}

function insideOf(found: JsonValue): JsonValue | undefined {
  return isObject(found) && Object.keys(found).length === 1 ? found.value : undefined;
}

function describesObject({ type, properties, anyOf, oneOf, allOf }: JsonSchema): boolean {
  if (anyOf !== undefined || oneOf !== undefined || allOf !== undefined) return false;
  return type === 'object' || (type === undefined && isObject(properties));
}

function isObject(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameRefused(name: string): TroupeError {
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `"${name.slice(0, 80)}" cannot name an output schema. Take 1 to 64 letters, digits, "_" and "-".`,
  });
}

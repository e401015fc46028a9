import { type JsonSchema, type JsonValue, TroupeError } from '@troupe/contracts';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { fieldName } from './field-name.js';
import type { SchemaCheck } from './schema-check.js';
import { refusal } from './verdict.js';

/**
 * Unknown keywords and formats are let be, as JSON Schema wants it. `$id`s are not registered: schemas may share one.
 */
const ajv = new Ajv2020({ strict: false, allErrors: true, addUsedSchema: false, logger: false });
addFormats.default(ajv);

/** Compiling takes about a millisecond, and the same schema object is used again and again. */
const checks = new WeakMap<JsonSchema, SchemaCheck<JsonValue>>();

export function checkOfJsonSchema(schema: JsonSchema): SchemaCheck<JsonValue> {
  const known = checks.get(schema);
  if (known) return known;
  const { $schema: _, $id: __, ...jsonSchema } = schema;
  const validate = compile(jsonSchema);
  const check: SchemaCheck<JsonValue> = {
    jsonSchema,
    async check(value) {
      return validate(value) ? { valid: true, value } : refusal((validate.errors ?? []).flatMap(describe));
    },
  };
  checks.set(schema, check);
  return check;
}

function compile(jsonSchema: JsonSchema): ValidateFunction {
  // Without an id of its own, a schema that is not registered cannot refer to itself with `#`.
  const schema = { $id: 'troupe:output', ...jsonSchema };
  try {
    return ajv.compile(schema);
  } catch (cause) {
    throw new TroupeError({
      code: 'invalid_request',
      fault: 'caller',
      message: `The output schema is no valid JSON Schema: ${cause instanceof Error ? cause.message : String(cause)}.`,
      cause,
    });
  } finally {
    // Its own cache would keep every schema for good.
    ajv.removeSchema(schema);
  }
}

function describe({ keyword, instancePath, params, message = 'is not valid' }: ErrorObject): string[] {
  const path = instancePath.split('/').slice(1).map(unescapePointer);
  switch (keyword) {
    case 'if':
      return [];
    case 'required':
      return [`${fieldName([...path, String(params.missingProperty)])} is required`];
    case 'additionalProperties':
      return [`${fieldName([...path, String(params.additionalProperty)])} is not a known field`];
    case 'enum':
      return [`${fieldName(path)} must be one of ${JSON.stringify(params.allowedValues)}`];
    case 'const':
      return [`${fieldName(path)} must be ${JSON.stringify(params.allowedValue)}`];
    default:
      return [`${fieldName(path)} ${message}`];
  }
}

function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

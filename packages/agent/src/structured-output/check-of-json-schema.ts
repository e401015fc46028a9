import type { JsonSchema, JsonValue } from '@troupe/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { AJV_OPTIONS, compileJsonSchema, verdictOf } from './compile-json-schema.js';
import type { SchemaCheck } from './schema-check.js';

let ajv: Ajv2020 | undefined;

/** Compiling takes about a millisecond, and the same schema object is used again and again. */
const checks = new WeakMap<JsonSchema, SchemaCheck<JsonValue>>();

/** The check of a schema that whoever runs the program wrote: its patterns are JavaScript's own. */
export function checkOfJsonSchema(schema: JsonSchema): SchemaCheck<JsonValue> {
  const known = checks.get(schema);
  if (known) return known;
  const { $schema: _, $id: __, ...jsonSchema } = schema;
  ajv ??= compiler();
  const validate = compileJsonSchema(ajv, jsonSchema);
  const check: SchemaCheck<JsonValue> = { jsonSchema, check: async (value) => verdictOf(validate, value) };
  checks.set(schema, check);
  return check;
}

function compiler(): Ajv2020 {
  const made = new Ajv2020(AJV_OPTIONS);
  addFormats.default(made);
  return made;
}

import { checkOfJsonSchema } from './check-of-json-schema.js';
import { checkOfZod } from './check-of-zod.js';
import { isZodSchema, type OutputOf, type OutputType } from './output-type.js';
import type { SchemaCheck } from './schema-check.js';

/**
 * @throws TroupeError `invalid_request` where a zod schema has no JSON Schema, or where a JSON Schema is none.
 */
export function checkOfSchema<S extends OutputType>(schema: S): SchemaCheck<OutputOf<S>>;
export function checkOfSchema(schema: OutputType): SchemaCheck<unknown> {
  return isZodSchema(schema) ? checkOfZod(schema) : checkOfJsonSchema(schema);
}

import { TroupeError } from '@troupe/contracts';
import { checkOfJsonSchema } from './check-of-json-schema.js';
import { checkOfZod } from './check-of-zod.js';
import { isZodSchema, type OutputOf, type OutputType } from './output-type.js';
import type { SchemaCheck } from './schema-check.js';

/**
 * @throws TroupeError `invalid_request` where a zod schema has no JSON Schema, where a JSON Schema is none, and for neither.
 */
export function checkOfSchema<S extends OutputType>(schema: S): SchemaCheck<OutputOf<S>>;
export function checkOfSchema(schema: OutputType): SchemaCheck<unknown> {
  // Programs without types may pass anything, and what has no keyword of JSON Schema would allow every answer.
  if (typeof schema !== 'object' || schema === null) throw refused('Pass schema: a zod schema or JSON Schema.');
  if (isZodSchema(schema)) return checkOfZod(schema);
  if ('_def' in schema) throw refused('It is one of zod 3, or of another library: pass one of zod 4, or JSON Schema.');
  return checkOfJsonSchema(schema);
}

function refused(advice: string): TroupeError {
  const message = `The output schema cannot be used. ${advice}`;
  return new TroupeError({ code: 'invalid_request', fault: 'caller', message });
}

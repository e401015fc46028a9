import { z } from 'zod';
import { isZodSchema, type OutputType } from './output-type.js';
import { relocateSchema } from './relocate-schema.js';

/** The schema of a list of such elements. */
export function listOf(element: OutputType): OutputType {
  if (isZodSchema(element)) return z.array(element);
  const { schema, definitions } = relocateSchema(element, '/items');
  return { type: 'array', items: schema, ...definitions };
}

import type { JsonSchema, JsonValue } from '@troupe/contracts';
import type { z } from 'zod';

/** What an answer must look like: a zod 4 schema (of `zod` or `zod/mini`), or JSON Schema as it is written in JSON. */
export type OutputType = z.core.$ZodType | JsonSchema;

/** What an answer of that type is, once it is validated. Nothing is inferred from JSON Schema. */
export type OutputOf<S extends OutputType> = S extends z.core.$ZodType ? z.core.output<S> : JsonValue;

/** What goes into a schema: what has a default may be left out, and nothing is transformed yet. */
export type InputOf<S extends OutputType> = S extends z.core.$ZodType ? z.core.input<S> : JsonValue;

/** An answer while it is written: any part of it may be missing still, and the last text in it may be cut off. */
export type PartialOf<T> = T extends readonly (infer Element)[]
  ? PartialOf<Element>[]
  : T extends object
    ? { [Key in keyof T]?: PartialOf<T[Key]> }
    : T;

export function isZodSchema(schema: OutputType): schema is z.core.$ZodType {
  return '_zod' in schema;
}

import { type JsonSchema, type JsonValue, TroupeError } from '@troupe/contracts';
import { z } from 'zod';
import { fieldName } from './field-name.js';
import type { SchemaCheck } from './schema-check.js';
import { refusal } from './verdict.js';

/** The schema of what a model writes, so of what goes into the zod schema; what comes out of it is the value. */
export function checkOfZod<S extends z.core.$ZodType>(schema: S): SchemaCheck<z.core.output<S>> {
  return {
    jsonSchema: toJsonSchema(schema),
    async check(value: JsonValue) {
      const parsed = await z.safeParseAsync(schema, value);
      return parsed.success ? { valid: true, value: parsed.data } : refusal(parsed.error.issues.flatMap(describe));
    },
  };
}

function toJsonSchema(schema: z.core.$ZodType): JsonSchema {
  try {
    const jsonSchema = z.toJSONSchema(schema, { io: 'input', override: forModels });
    // Round trip: zod's answer holds a hidden function, which structured clones of a request refuse.
    const { $schema: _, $id: __, ...plain } = JSON.parse(JSON.stringify(jsonSchema));
    return plain;
  } catch (cause) {
    throw new TroupeError({
      code: 'invalid_request',
      fault: 'caller',
      message:
        `The output schema cannot become JSON Schema: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Ask for a string or a number, and turn it into what you need with .transform() or afterwards.',
      cause,
    });
  }
}

interface Overridden {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
  path: (string | number)[];
}

/**
 * Objects are closed, as providers demand that check schemas (zod drops unknown keys anyway), except the halves of an
 * intersection, which would then shut each other out. The range of safe integers tells a model nothing.
 */
function forModels({ zodSchema, jsonSchema, path }: Overridden): void {
  const { def } = zodSchema._zod;
  if (def.type === 'object' && def.catchall === undefined && !path.includes('allOf')) {
    jsonSchema.additionalProperties = false;
  }
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

/** Of a union, what keeps the nearest of its members from fitting: that none fits tells a model nothing. */
function describe(issue: z.core.$ZodIssue, _index = 0, _all: unknown = undefined, base: PropertyKey[] = []): string[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = issue.errors.reduce((best, issues) => (nearness(issues) > nearness(best) ? issues : best));
    return nearest.flatMap((inner) => describe(inner, 0, undefined, path));
  }
  return [`${fieldName(path)}: ${issue.message}`];
}

/** A member whose own fields are at fault is nearer than one that the value is not even the type of. */
function nearness(issues: readonly z.core.$ZodIssue[]): number {
  const depth = Math.max(0, ...issues.map((issue) => issue.path.length));
  return depth * 100 - issues.length;
}

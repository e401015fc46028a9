import { type JsonSchema, TroupeError } from '@troupe/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';

/** Unknown keywords and formats are let be, as they are when a call's arguments are checked. */
let ajv: Ajv2020 | undefined;

/**
 * The parameters of a tool as models are shown them: JSON Schema of what goes in, so what has a default is optional.
 * @throws TroupeError `invalid_request` that names each field which JSON Schema has no word for.
 */
export function toolSchema(tool: string, parameters: z.ZodObject): JsonSchema {
  try {
    const schema = z.toJSONSchema(parameters, {
      io: 'input',
      override: ({ jsonSchema }) => dropIntegerRange(jsonSchema),
    });
    // Round trip: zod's answer holds a hidden function, which structured clones of a request refuse.
    const { $schema: _, ...plain } = JSON.parse(JSON.stringify(schema));
    return plain;
  } catch (cause) {
    const fields = fieldsWithoutSchema(parameters);
    const why = fields.length > 0 ? `${fields.join(', ')}: there is no JSON for such values` : String(cause);
    throw refused(
      tool,
      `cannot become JSON Schema: ${why}. Take a string or a number, and convert it in execute`,
      cause,
    );
  }
}

/**
 * Checks a schema that was written as JSON Schema.
 * @throws TroupeError `invalid_request` where it is none, or where its top is not an object.
 */
export function checkToolSchema(tool: string, parameters: JsonSchema): void {
  if (parameters.type !== 'object') throw refused(tool, 'must be a JSON Schema with "type": "object" at its top');
  ajv ??= new Ajv2020({ strict: false, validateFormats: false, logger: false });
  let valid: boolean;
  try {
    valid = ajv.validateSchema(parameters) === true;
  } catch (cause) {
    throw refused(tool, `are no valid JSON Schema: ${String(cause)}`, cause);
  }
  if (!valid) throw refused(tool, `are no valid JSON Schema: ${ajv.errorsText(ajv.errors, { dataVar: 'parameters' })}`);
}

/** The range of safe integers, which zod gives every integer: tokens in each request that tell a model nothing. */
function dropIntegerRange(schema: { minimum?: number; maximum?: number }): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

/** Kinds of zod that say "anything" in JSON Schema because they mean it. */
const ANYTHING: ReadonlySet<string> = new Set(['any', 'unknown']);

/** `when (date)`, for each field that zod cannot say in JSON Schema. */
function fieldsWithoutSchema(parameters: z.ZodObject): string[] {
  const fields = new Map<string, string>();
  z.toJSONSchema(parameters, {
    io: 'input',
    cycles: 'ref',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema, path }) => {
      const { type } = zodSchema._zod.def;
      const isLeaf = Object.keys(jsonSchema).length === 0 && !ANYTHING.has(type);
      const name = fieldName(path);
      // The innermost first: an optional date is a date.
      if (isLeaf && !fields.has(name)) fields.set(name, type);
    },
  });
  return [...fields].map(([name, type]) => `${name} (${type})`);
}

/** `properties/stay/properties/from` as `stay.from`. */
function fieldName(path: readonly (string | number)[]): string {
  return path.filter((step, index) => step !== 'properties' || path[index - 1] === 'properties').join('.');
}

function refused(tool: string, what: string, cause?: unknown): TroupeError {
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `The parameters of the tool "${tool}" ${what}.`,
    details: { tool },
    cause,
  });
}

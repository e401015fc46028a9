import { type EffectClass, type JsonObject, type JsonSchema, type JsonValue, TroupeError } from '@troupe/contracts';
import type { Tool, ToolContext } from '@troupe/spec';
import { z } from 'zod';
import { TOOL_NAME, TOOL_NAME_RULE } from './tool-name.js';

export interface ToolOptions<Parameters extends z.ZodObject> {
  /** snake_case verb and noun, unique in a catalog: what models call. */
  name: string;
  /** For the model: what the tool does, when to use it, what it answers. */
  description: string;
  /** Its JSON Schema is shown to the model, so give fields a `describe()`. */
  parameters: Parameters;
  /** What a repetition may do; `effect`, the default, is never sent twice. */
  effect?: EffectClass;
  /** Milliseconds until a call is given up; 30,000 unless told. */
  timeoutMs?: number;
  /** Gets the parsed arguments. What it returns is read by the model; what it throws is told to it. */
  execute(args: z.output<Parameters>, context: ToolContext): JsonValue | Promise<JsonValue>;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * A tool from a zod schema and a function. Arguments are parsed here, before `execute` sees them, whoever calls.
 * @throws Error when the name is not one that providers accept or the schema cannot become JSON Schema.
 */
export function defineTool<Parameters extends z.ZodObject>(options: ToolOptions<Parameters>): Tool {
  const { name, description, parameters, effect = 'effect', timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  if (!TOOL_NAME.test(name)) throw new Error(`The tool name "${name}" ${TOOL_NAME_RULE}.`);
  return {
    name,
    description,
    parameters: toJsonSchema(name, parameters),
    effect,
    timeoutMs,
    execute: async (args, context) => options.execute(parseArguments(name, parameters, args), context),
  };
}

function toJsonSchema(name: string, parameters: z.ZodObject): JsonSchema {
  try {
    const schema = z.toJSONSchema(parameters, {
      io: 'input',
      override: ({ jsonSchema }) => dropIntegerRange(jsonSchema),
    });
    // Round trip: zod's answer holds a hidden function, which structured clones of a request refuse.
    const { $schema: _, ...plain } = JSON.parse(JSON.stringify(schema));
    return plain;
  } catch (cause) {
    throw new Error(`The parameters of the tool "${name}" cannot become JSON Schema: ${String(cause)}`, { cause });
  }
}

/** The range of safe integers, which zod gives every integer: tokens in each request that tell a model nothing. */
function dropIntegerRange(schema: { minimum?: number; maximum?: number }): void {
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

function parseArguments<Parameters extends z.ZodObject>(
  name: string,
  parameters: Parameters,
  args: JsonObject,
): z.output<Parameters> {
  const parsed = parameters.safeParse(args);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the arguments'}: ${issue.message}`);
  throw new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `Invalid arguments for ${name}: ${problems.join('; ')}`,
  });
}

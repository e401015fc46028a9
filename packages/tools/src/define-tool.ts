import { type EffectClass, type JsonObject, TroupeError } from '@troupe/contracts';
import type { RunContext, ToolContext, ToolFor } from '@troupe/spec';
import type { z } from 'zod';
import { jsonResult } from './json-result.js';
import { TOOL_NAME, TOOL_NAME_RULE } from './tool-name.js';
import { toolSchema } from './tool-schema.js';

/** What a tool is, beside what it does. */
export interface ToolDescription<Parameters extends z.ZodObject, Deps = unknown> {
  /** snake_case verb and noun, unique in a catalog: what models call. */
  name: string;
  /** For the model: what the tool does, when to use it, what it answers. */
  description: string;
  /** Its JSON Schema is shown to the model, so give fields a `describe()`. */
  parameters: Parameters;
  /** What a repetition may do; `effect`, the default, is never sent twice. */
  effect?: EffectClass;
  /** Whether a person must allow a call before it is made: always, or where the function says so. Never unless told. */
  needsApproval?: boolean | ((args: z.output<Parameters>, context: RunContext<Deps>) => boolean | Promise<boolean>);
  /** Milliseconds until a call is given up; 30,000 unless told. */
  timeoutMs?: number;
  /** Whether its results hold nothing that a stranger may have written, such as a sum or the time; false unless told. */
  trusted?: boolean;
}

/** A class may implement it: see `defineTool`. */
export interface ToolOptions<Parameters extends z.ZodObject, Deps = unknown> extends ToolDescription<Parameters, Deps> {
  /**
   * Gets the parsed arguments. What it returns, or what its promise resolves to, is read by the model: a string as it is,
   * anything else as `JSON.stringify` writes it, nothing as `null`. What it throws is told to the model, too.
   */
  execute(args: z.output<Parameters>, context: RunContext<Deps>): unknown;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * A tool from a zod schema and a function, or from an object of a class that has both. Arguments are parsed here, before
 * `execute` sees them, whoever calls. A tool whose context names dependencies goes only to agents that have them.
 * @throws TroupeError `invalid_request` when the name is not one that providers accept or the schema cannot become JSON
 * Schema, naming the field.
 */
export function defineTool<Parameters extends z.ZodObject, Deps = unknown>(
  options: ToolOptions<Parameters, Deps>,
): ToolFor<Deps> {
  const { name, description, parameters, effect = 'effect', timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  if (typeof name !== 'string' || !TOOL_NAME.test(name)) throw nameRefused(name);
  if (!isZodObject(parameters)) throw parametersRefused(name);
  return {
    name,
    description,
    parameters: toolSchema(name, parameters),
    effect,
    timeoutMs,
    ...(options.trusted && { trusted: true }),
    ...approvalOf(options),
    execute: async (args, context) =>
      jsonResult(name, await options.execute(parseArguments(name, parameters, args), runContext<Deps>(context))),
  };
}

function approvalOf<Parameters extends z.ZodObject, Deps>({
  name,
  parameters,
  needsApproval = false,
}: ToolOptions<Parameters, Deps>): Pick<ToolFor<Deps>, 'needsApproval'> {
  if (needsApproval === false) return {};
  if (needsApproval === true) return { needsApproval: async () => true };
  return {
    needsApproval: async (args, context) =>
      needsApproval(parseArguments(name, parameters, args), runContext<Deps>(context)),
  };
}

/** A server has no dependencies to give, and nobody to tell of progress. */
function runContext<Deps>(context: ToolContext & Partial<RunContext<Deps>>): RunContext<Deps> {
  const { deps, progress = () => undefined } = context;
  return { ...context, deps: deps as Deps, progress };
}

/** Programs without types may pass anything. */
function isZodObject(parameters: unknown): parameters is z.ZodObject {
  const internals = typeof parameters === 'object' && parameters !== null && '_zod' in parameters && parameters._zod;
  return (internals as z.ZodObject['_zod'] | undefined)?.def?.type === 'object';
}

function parametersRefused(name: string): TroupeError {
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message:
      `The tool "${name}" needs parameters: z.object({ … }) of zod 4. A tool with JSON Schema is made without tool(): ` +
      '{ name, description, parameters, effect, timeoutMs, execute }.',
    details: { tool: name },
  });
}

function nameRefused(name: string): TroupeError {
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `The tool name "${name}" ${TOOL_NAME_RULE}.`,
    details: { tool: name },
  });
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

import { type JsonObject, TroupeError } from '@troupe/contracts';
import type { ModelTool } from '@troupe/spec';
import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';

/** More than a few would not help a model, and cost tokens. */
const MAX_ERRORS = 5;

/**
 * Lenient towards schemas, which users and MCP servers write: unknown keywords and formats are ignored. `$id`s are not
 * registered, so two tools may use the same.
 */
const AJV_OPTIONS: Options = {
  strict: false,
  allErrors: true,
  validateFormats: false,
  addUsedSchema: false,
  logger: false,
};

let ajv: Ajv2020 | undefined;

/** Compiling takes about a millisecond; a tool's schema is compiled when it is first called. */
const validators = new WeakMap<ModelTool['parameters'], ValidateFunction>();

/** What is wrong with a call's arguments, each naming its field; empty when nothing is. */
export function argumentErrors(tool: ModelTool, args: JsonObject): string[] {
  const validate = validatorOf(tool);
  if (validate(args)) return [];
  const messages = (validate.errors ?? []).filter((error) => error.keyword !== 'if').map(describe);
  return [...new Set(messages)].slice(0, MAX_ERRORS);
}

function validatorOf(tool: ModelTool): ValidateFunction {
  const known = validators.get(tool.parameters);
  if (known) return known;
  ajv ??= new Ajv2020(AJV_OPTIONS);
  try {
    // A schema without a name cannot mean itself (`$ref: "#"`) unless it is registered.
    const schema = { $id: 'troupe:arguments', ...tool.parameters };
    const validate = ajv.compile(schema);
    // The validator is kept here, for as long as its tool; ajv would keep it for good.
    ajv.removeSchema(schema);
    validators.set(tool.parameters, validate);
    return validate;
  } catch (cause) {
    throw new TroupeError({
      code: 'internal_error',
      fault: 'server',
      message: `The parameters of the tool ${tool.name} are no valid JSON Schema: ${String(cause)}. Correct the tool.`,
      cause,
    });
  }
}

function describe(error: ErrorObject): string {
  const field = fieldName(error.instancePath);
  switch (error.keyword) {
    case 'required':
      return `"${join(field, String(error.params.missingProperty))}" is required`;
    case 'additionalProperties':
      return `"${join(field, String(error.params.additionalProperty))}" is not a known argument`;
    case 'enum':
      return `${subject(field)} must be one of ${JSON.stringify(error.params.allowedValues)}`;
    default:
      return `${subject(field)} ${error.message ?? 'is not valid'}`;
  }
}

/** `/items/0/title` as `items.0.title`. */
function fieldName(instancePath: string): string {
  return instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
}

function join(field: string, property: string): string {
  return field === '' ? property : `${field}.${property}`;
}

function subject(field: string): string {
  return field === '' ? 'the arguments' : `"${field}"`;
}

import { type JsonSchema, type JsonValue, TroupeError } from '@troupe/contracts';
import type { Ajv2020, ErrorObject, Options, ValidateFunction } from 'ajv/dist/2020.js';
import { fieldName } from './field-name.js';
import { refusal, type Verdict } from './verdict.js';
import { isOverTime } from './within-time.js';

/**
 * Unknown keywords and formats are let be, as JSON Schema wants it. `$id`s are not registered: schemas may share one.
 */
export const AJV_OPTIONS: Options = { strict: false, allErrors: true, addUsedSchema: false, logger: false };

/** @throws TroupeError `invalid_request` for what is no JSON Schema */
export function compileJsonSchema(ajv: Ajv2020, jsonSchema: JsonSchema): ValidateFunction {
  // Without an id of its own, a schema that is not registered cannot refer to itself with `#`.
  const schema = { $id: 'troupe:output', ...jsonSchema };
  try {
    return ajv.compile(schema);
  } catch (cause) {
    if (isOverTime(cause)) throw cause;
    throw new TroupeError({
      code: 'invalid_request',
      fault: 'caller',
      message: `The output schema is no valid JSON Schema: ${cause instanceof Error ? cause.message : String(cause)}.`,
      cause,
    });
  } finally {
    // Its own cache would keep every schema for good.
    ajv.removeSchema(schema);
  }
}

export function verdictOf(validate: ValidateFunction, value: JsonValue): Verdict<JsonValue> {
  return validate(value) ? { valid: true, value } : refusal((validate.errors ?? []).flatMap(describe));
}

function describe({ keyword, instancePath, params, message = 'is not valid' }: ErrorObject): string[] {
  const path = instancePath.split('/').slice(1).map(unescapePointer);
  switch (keyword) {
    case 'if':
      return [];
    case 'required':
      return [`${fieldName([...path, String(params.missingProperty)])} is required`];
    case 'additionalProperties':
      return [`${fieldName([...path, String(params.additionalProperty)])} is not a known field`];
    case 'enum':
      return [`${fieldName(path)} must be one of ${JSON.stringify(params.allowedValues)}`];
    case 'const':
      return [`${fieldName(path)} must be ${JSON.stringify(params.allowedValue)}`];
    default:
      return [`${fieldName(path)} ${message}`];
  }
}

function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}

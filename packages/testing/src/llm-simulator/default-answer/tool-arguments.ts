import type { JsonObject } from '../requests/json-object.js';
import { isJsonObject, objectOf } from '../requests/json-object.js';
import type { SimulatedRequest, SimulatedTool } from '../simulated-request.js';
import { structuredAnswer } from './structured-answer.js';

/**
 * Arguments that validate, with one value put where it belongs: into the first of the given property names that the
 * tool has, else into its first string.
 */
export function toolArguments(
  tool: SimulatedTool,
  request: SimulatedRequest,
  names?: RegExp,
  value?: string,
): JsonObject {
  const sample = objectOf(structuredAnswer(tool.parameters, request, request.lastUserText));
  if (value === undefined) return sample;
  const properties = Object.entries(objectOf(tool.parameters.properties));
  const property =
    properties.find(([name]) => names?.test(name)) ??
    properties.find(([, schema]) => isJsonObject(schema) && schema.type === 'string');
  if (property === undefined) return sample;
  const [name, schema] = property;
  const isNumber = /^(?:integer|number)$/.test(String(objectOf(schema).type));
  return { ...sample, [name]: isNumber ? Number(value) : value };
}

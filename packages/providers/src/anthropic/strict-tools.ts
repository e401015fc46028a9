import { isDeepStrictEqual } from 'node:util';
import type { ModelTool } from '@troupe/spec';
import { followsStrictRules } from '../shared/follows-strict-rules.js';
import { translateSchema } from './translate-schema.js';

/** The API compiles all strict schemas of a request into one grammar and refuses it when it grows too large. */
const maxStrictTools = 8;
const maxStrictCharacters = 8_192;

/**
 * The names of the tools whose calls the API can hold to their schemas: closed, with every property required, in no
 * keyword that constrained decoding leaves out. All such tools or, where they are too many, none.
 */
export function strictTools(tools: readonly ModelTool[]): ReadonlySet<string> {
  const strict = tools.filter(({ parameters }) => isStrictSchema(parameters));
  const characters = strict.reduce((sum, { parameters }) => sum + JSON.stringify(parameters).length, 0);
  if (strict.length > maxStrictTools || characters > maxStrictCharacters) return new Set();
  return new Set(strict.map(({ name }) => name));
}

/** The SDK's own translation leaves such a schema as it is. References may be recursive, which is not supported. */
function isStrictSchema(schema: ModelTool['parameters']): boolean {
  if (!followsStrictRules(schema) || JSON.stringify(schema).includes('"$ref"')) return false;
  return isDeepStrictEqual(translateSchema(schema), schema);
}

import type { JsonObject, JsonSchema } from '@troupe/contracts';
import { checkOfJsonSchema } from '../structured-output/check-of-json-schema.js';

/** What the agent wants to know, and what an answer must be. */
export interface Question {
  question: string;
  responseSchema: JsonSchema;
}

/**
 * The question of a call of `ask_user`. Without a schema an answer is one of the options, and without those a text.
 * @throws TroupeError `invalid_request` when the model's schema is none
 */
export function readQuestion({ question, options, response_schema }: JsonObject): Question {
  const responseSchema = isSchema(response_schema)
    ? response_schema
    : { type: 'string', ...(Array.isArray(options) && options.length > 0 && { enum: options }) };
  checkOfJsonSchema(responseSchema);
  return { question: typeof question === 'string' ? question : '', responseSchema };
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

import { untrustedOutputFormat } from '@troupe/agent';
import { type OutputSettings, TroupeError } from '@troupe/contracts';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { ChatSettings } from './chat-request.js';

/**
 * The schema that a chat wants its answer to be valid by; undefined: none.
 * @throws TroupeError `invalid_request` for a schema or a name that cannot be used
 */
export function outputOfChat({ response_format: format }: ChatSettings): OutputSettings | undefined {
  if (format?.type !== 'json_schema') return undefined;
  const { name, schema } = format.json_schema;
  try {
    untrustedOutputFormat(schema, name);
  } catch (error) {
    if (!(error instanceof TroupeError)) throw error;
    throw invalidRequest([fieldError(['response_format', 'json_schema'], error.message)]);
  }
  return { output_schema: schema, output_name: name };
}

import { type OutputFormat, outputFormat } from '../structured-output/output-format.js';
import type { OutputType } from '../structured-output/output-type.js';
import { DEFAULT_OUTPUT_RETRIES } from '../structured-output/review-output.js';
import type { ChatOptions, ObjectOptions } from './agent-options.js';

/** What the answer to a message must be; undefined: any text. */
export function wantedOutput(
  options: ChatOptions | ObjectOptions<OutputType>,
): { format: OutputFormat<unknown>; retries: number } | undefined {
  if (!('schema' in options)) return undefined;
  const { schema, schemaName, outputRetries = DEFAULT_OUTPUT_RETRIES } = options;
  return { format: outputFormat(schema, schemaName), retries: outputRetries };
}

import type { JsonSchema, JsonValue, OutputSettings } from '@troupe/contracts';
import { checkOfUntrustedSchema } from './check-of-untrusted-schema.js';
import { formatOf, type OutputFormat } from './output-format.js';
import { DEFAULT_OUTPUT_RETRIES } from './review-output.js';

export interface ConfiguredOutput {
  format: OutputFormat<JsonValue>;
  /** Further answers that the model may give when one is not valid. */
  retries: number;
}

/**
 * What the answer of a run must be by its configuration; undefined: any text.
 * @throws TroupeError `invalid_request` for a schema or a name that cannot be used
 */
export function configuredOutput({
  output_schema,
  output_name,
  output_retries = DEFAULT_OUTPUT_RETRIES,
}: OutputSettings): ConfiguredOutput | undefined {
  return output_schema && { format: untrustedOutputFormat(output_schema, output_name), retries: output_retries };
}

/** @throws TroupeError `invalid_request` for a schema or a name that cannot be used */
export function untrustedOutputFormat(schema: JsonSchema, name = 'answer'): OutputFormat<JsonValue> {
  return formatOf(checkOfUntrustedSchema(schema), name);
}

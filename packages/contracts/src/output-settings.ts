import type { JsonSchema } from './json.js';

/** What an answer must be, in place of any text. */
export interface OutputSettings {
  /** Of the answer. `$ref` stays inside it. */
  output_schema?: JsonSchema;
  /** How models are told of it: letters, digits, `_` and `-`, at most 64; default `answer`. */
  output_name?: string;
  /** Further answers that the model may give when one is not valid; default 2. They do not count as turns. */
  output_retries?: number;
}

/** Further answers that may be asked for at most. */
export const MAX_OUTPUT_RETRIES = 10;

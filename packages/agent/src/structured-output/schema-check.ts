import type { JsonSchema, JsonValue } from '@troupe/contracts';
import type { Verdict } from './verdict.js';

/** A schema in the two forms that are needed: one to show to models, and one that decides. */
export interface SchemaCheck<T> {
  /** Plain JSON without `$schema` and `$id`. */
  jsonSchema: JsonSchema;
  check(value: JsonValue): Promise<Verdict<T>>;
}

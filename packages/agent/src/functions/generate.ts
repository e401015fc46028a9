import type { JsonSchema, JsonValue } from '@troupe/contracts';
import { checkOfSchema } from '../structured-output/check-of-schema.js';
import { formatOf } from '../structured-output/output-format.js';
import type { OutputOf, OutputType } from '../structured-output/output-type.js';
import { relocateSchema } from '../structured-output/relocate-schema.js';
import { DEFAULT_OUTPUT_RETRIES, outputInvalid } from '../structured-output/review-output.js';
import type { SchemaCheck } from '../structured-output/schema-check.js';
import { refusal } from '../structured-output/verdict.js';
import { distinctKey } from './distinct-key.js';
import { callFunction, type FunctionModel, type FunctionOptions } from './function-call.js';
import { invalidArgument } from './invalid-argument.js';

/** Asked for at once: longer lists repeat themselves and reach output limits. */
const BATCH = 25;
const MAX_ENTRIES = 1_000;

/** Of what is there already, the newest, so that a long list does not crowd out the task. Characters. */
const SHOWN_CHARACTERS = 8_000;

const TASK = `You make up examples: as different from each other as the schema and the task allow, none of them twice.
The user message says how many, and which exist already.`;

interface Entry<T> {
  raw: JsonValue;
  value: T;
}

/**
 * That many different values of the schema. What says the same but for capitals, white space or the order of keys
 * counts as one; as many more are asked for as are missing.
 * @throws TroupeError `output_invalid` when the model runs out of different ones; `invalid_request` for a count that is
 * not between 1 and 1,000; those of the model
 */
export async function generate<S extends OutputType>(
  model: FunctionModel,
  schema: S,
  count: number,
  options: FunctionOptions = {},
): Promise<OutputOf<S>[]> {
  if (!Number.isInteger(count) || count < 1 || count > MAX_ENTRIES) {
    throw invalidArgument(`generate makes 1 to ${MAX_ENTRIES} values at once, not ${count}.`);
  }
  const { outputRetries = DEFAULT_OUTPUT_RETRIES } = model;
  const format = formatOf(entriesCheck(checkOfSchema(schema)), 'examples');
  const entries = new Map<string, Entry<OutputOf<S>>>();
  for (let fruitless = 0; entries.size < count; ) {
    const before = entries.size;
    const wanted = Math.min(BATCH, count - entries.size);
    const asked = { wanted, existing: existing(entries) };
    for (const entry of await callFunction(model, TASK, JSON.stringify(asked), format, options)) {
      const key = distinctKey(entry.raw);
      if (entries.size < count && !entries.has(key)) entries.set(key, entry);
    }
    if (entries.size > before) fruitless = 0;
    else if (++fruitless > outputRetries) throw ranOut(entries, count, fruitless);
  }
  return [...entries.values()].map(({ value }) => value);
}

function entriesCheck<T>({ jsonSchema, check }: SchemaCheck<T>): SchemaCheck<Entry<T>[]> {
  const { schema, definitions } = relocateSchema(jsonSchema, '/items');
  const list: JsonSchema = { type: 'array', items: schema, ...definitions };
  return {
    jsonSchema: list,
    async check(found) {
      if (!Array.isArray(found)) return refusal(['the answer must be a list']);
      const entries: Entry<T>[] = [];
      const errors: string[] = [];
      for (const [index, raw] of found.entries()) {
        const verdict = await check(raw);
        if (verdict.valid) entries.push({ raw, value: verdict.value });
        else errors.push(...verdict.errors.map((error) => `in entry ${index}: ${error}`));
      }
      return errors.length > 0 ? refusal(errors) : { valid: true, value: entries };
    },
  };
}

/** The newest, as many as fit. */
function existing(entries: ReadonlyMap<string, Entry<unknown>>): JsonValue[] {
  let characters = 0;
  const shown = [...entries].reverse().filter(([key]) => {
    characters += key.length;
    return characters <= SHOWN_CHARACTERS;
  });
  return shown.map(([, { raw }]) => raw).reverse();
}

function ranOut(entries: ReadonlyMap<string, Entry<unknown>>, count: number, fruitless: number) {
  const text = JSON.stringify([...entries.values()].map(({ raw }) => raw));
  const errors = [`only ${entries.size} of ${count} different values came`];
  return outputInvalid(errors, { text, stopReason: 'end_turn', refused: fruitless - 1 });
}

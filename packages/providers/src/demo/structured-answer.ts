import type { JsonValue } from '@troupe/contracts';
import type { ModelRequest, OutputSchema } from '@troupe/spec';
import { isJsonObject } from '../shared/parse-tool-arguments.js';
import { type DemoFact, findFacts } from './find-facts.js';
import { resolveSchema, sampleForSchema } from './sample-for-schema.js';
import { summaryOf, titleOf } from './title-and-summary.js';
import { userTurns } from './user-turns.js';

/** A value of the schema; titles, summaries and facts are taken from what the user said. */
export function structuredAnswer(request: ModelRequest, { schema }: OutputSchema): JsonValue {
  const turns = userTurns(request.messages);
  return sampleForSchema(schema, (name, property) => {
    const isText = property.type === 'string' && property.enum === undefined;
    if (isText && /title|headline|subject/i.test(name)) return fitted(titleOf(turns), property.maxLength);
    if (isText && /summary|recap/i.test(name)) return fitted(summaryOf(turns), property.maxLength);
    if (property.type === 'array' && /fact|memor/i.test(name)) {
      const item = resolveSchema(schema, property.items);
      return findFacts(turns).map((fact) => factAs(item, fact));
    }
    if (isText && /answer|reply|response|message|text|content/i.test(name)) {
      return fitted('This is the demo model: a value of the right shape, not a thought.', property.maxLength);
    }
    return undefined;
  });
}

function factAs(item: JsonValue, fact: DemoFact): JsonValue {
  if (!isJsonObject(item) || item.type === 'string') return `${fact.key}: ${fact.value}`;
  return sampleForSchema(item, (name, property) => {
    if (/^(?:key|name|attribute|topic)$/i.test(name)) return fact.key;
    if (/^category$/i.test(name)) return allowed(property.enum, fact.category);
    if (/value|fact|text|content|statement/i.test(name)) return fact.value;
    return undefined;
  });
}

function allowed(choices: JsonValue | undefined, wanted: string): JsonValue {
  if (!Array.isArray(choices) || choices.includes(wanted)) return wanted;
  return choices.at(-1) ?? wanted;
}

function fitted(text: string, maxLength: JsonValue | undefined): string {
  return typeof maxLength === 'number' ? text.slice(0, maxLength) : text;
}

import type { JsonObject } from '../requests/json-object.js';
import { objectOf } from '../requests/json-object.js';
import type { SimulatedRequest } from '../simulated-request.js';
import { summaryOf, titleOf } from './conversation-excerpt.js';
import type { RememberedFact } from './remembered-facts.js';
import { rememberedFacts } from './remembered-facts.js';
import { resolve, sampleForSchema } from './schema-sample.js';

/**
 * A value for a schema that is valid and, for the names that applications give to titles, summaries and facts, taken
 * from the conversation.
 */
export function structuredAnswer(schema: JsonObject, request: SimulatedRequest, text: string): unknown {
  const { messages } = request;
  return sampleForSchema(schema, (name, property) => {
    if (/title|headline|subject/i.test(name)) return titleOf(messages);
    if (/summary|recap|overview/i.test(name)) return summaryOf(messages);
    if (/confidence|score|certainty|importance/i.test(name)) return 0.9;
    if (/fact|memor|preference|observation/i.test(name) && property.items !== undefined) {
      const items = resolve(schema, objectOf(property.items));
      return newest(rememberedFacts(messages)).map((fact) => factItem(schema, items, fact));
    }
    if (/answer|response|reply|message|text|content|output|result|final/i.test(name)) return text;
    return undefined;
  });
}

/** The last word on each attribute. */
function newest(facts: RememberedFact[]): RememberedFact[] {
  return [...new Map(facts.map((fact) => [fact.attribute, fact])).values()];
}

function factItem(root: JsonObject, items: JsonObject, fact: RememberedFact): unknown {
  if (items.type === 'string') return fact.sentence;
  const definitions = { $defs: root.$defs, definitions: root.definitions };
  return sampleForSchema({ ...items, ...definitions }, (name) => {
    if (/message.*id|source_id/i.test(name)) return fact.messageId;
    if (/^(?:key|attribute|name|predicate|topic|slug|label|category)$/i.test(name)) {
      return fact.attribute.replaceAll(' ', '_');
    }
    if (/^(?:value|object)$/i.test(name)) return fact.value;
    if (/fact|text|content|statement|sentence|description|memory|quote|evidence/i.test(name)) return fact.sentence;
    return /confidence|score|certainty|importance/i.test(name) ? 0.9 : undefined;
  });
}

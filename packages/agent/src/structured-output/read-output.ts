import type { JsonValue } from '@troupe/contracts';
import { JsonInText } from './json-in-text.js';
import type { OutputFormat } from './output-format.js';
import { refusal, type Verdict } from './verdict.js';

/** Of a text that is full of JSON, the last ones: what a model writes last is its answer. */
const MAX_CANDIDATES = 10;

const NO_JSON = 'there is no JSON in the answer';
const CUT_OFF = 'the JSON ends before it is complete; make it shorter if it reached the length limit';
const BROKEN = 'the JSON is malformed';

/**
 * Finds the output in the text of an answer, in code fences or with words around it, and validates it. JSON that is cut
 * off or malformed is never repaired: what was to follow is not known.
 */
export async function readOutput<T>(format: OutputFormat<T>, text: string): Promise<Verdict<T>> {
  const found = new JsonInText();
  found.push(text);
  if (found.flaw === 'cut_off') return refusal([CUT_OFF]);
  if (found.flaw === 'broken') return refusal([BROKEN]);
  const candidates = found.values.length > 0 ? found.values.slice(-MAX_CANDIDATES).reverse() : scalarOf(text);
  const [first, ...others] = inOrder(format, candidates);
  if (first === undefined) return refusal([NO_JSON]);
  const verdict = await format.check(first);
  if (verdict.valid) return verdict;
  for (const other of others) {
    const next = await format.check(other);
    if (next.valid) return next;
  }
  return verdict;
}

/** Those of the right kind first: brackets in the words around an answer may be JSON too. */
function inOrder<T>(format: OutputFormat<T>, candidates: JsonValue[]): JsonValue[] {
  const isOfKind = (value: JsonValue) => format.partOf(value) !== undefined;
  return [...candidates.filter(isOfKind), ...candidates.filter((value) => !isOfKind(value))];
}

/** A number, word or string is taken for JSON only where it is the whole text. */
function scalarOf(text: string): JsonValue[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

import type { JsonValue } from '@troupe/contracts';

/** The place in the source that a value was taken from. */
export interface Evidence {
  /** Of the value: `items.0.price`. */
  field: string;
  /** As it stands in the source. */
  quote: string;
  /** In UTF-16 units of the source, as `slice` takes them. */
  start: number;
  end: number;
}

export interface ClaimedEvidence {
  field: string;
  quote: string;
}

/**
 * Finds each quote in the source, word by word (white space may differ), and each field in the value. Every field at
 * the top that holds something needs a quote for it or for something in it.
 * @returns the evidence, or what is wrong with it in words for the model
 */
export function verifyEvidence(
  source: string,
  value: JsonValue,
  claims: readonly ClaimedEvidence[],
): { evidence: Evidence[]; errors: string[] } {
  const evidence: Evidence[] = [];
  const errors: string[] = [];
  for (const { field, quote } of claims) {
    const span = findQuote(source, quote);
    if (!hasField(value, field)) errors.push(`the evidence names "${field}", which the value does not have`);
    else if (!span)
      errors.push(`the quote for "${field}" does not occur in the text: ${JSON.stringify(quote.slice(0, 120))}`);
    else evidence.push({ field, ...span });
  }
  for (const field of fieldsInNeed(value)) {
    const isProven = claims.some(
      (claim) => field === '' || claim.field === field || claim.field.startsWith(`${field}.`),
    );
    if (!isProven) errors.push(field === '' ? 'the value has no quote' : `"${field}" has no quote`);
  }
  return { evidence, errors };
}

function findQuote(source: string, quote: string): { quote: string; start: number; end: number } | undefined {
  const words = quote.trim().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  const found = new RegExp(words.map(escapeForPattern).join('\\s+')).exec(source);
  return found ? { quote: found[0], start: found.index, end: found.index + found[0].length } : undefined;
}

function escapeForPattern(word: string): string {
  return word.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function hasField(value: JsonValue, field: string): boolean {
  let at: JsonValue | undefined = value;
  for (const step of field === '' ? [] : field.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return false;
    at = Array.isArray(at) ? at[Number(step)] : at[step];
  }
  return true;
}

function fieldsInNeed(value: JsonValue): string[] {
  if (!holdsSomething(value)) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [''];
  return Object.keys(value).filter((key) => holdsSomething(value[key]));
}

function holdsSomething(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

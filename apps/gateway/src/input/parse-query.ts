import { parse } from 'node:querystring';
import { cleanText } from '@troupe/contracts';

/** The query of an address, with texts that can be stored and compared: the same as `parseJson` does for bodies. */
export function parseQuery(query: string): Record<string, string | string[]> {
  const fields = Object.entries(parse(query)).map(([name, value = '']) => [
    cleanText(name),
    typeof value === 'string' ? cleanText(value) : value.map(cleanText),
  ]);
  return Object.fromEntries(fields);
}

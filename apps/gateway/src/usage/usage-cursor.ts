import { fieldError, invalidRequest } from '../errors/invalid-request.js';

/** The place of a group, as an address can hold it. */
export function cursorOfPlace(place: string): string {
  return Buffer.from(place, 'utf8').toString('base64url');
}

/**
 * The place after which a page begins; null on the first.
 * @throws TroupeError `invalid_request`, also for the cursor of a report that was grouped by something else
 */
export function placeOfCursor(cursor: string | undefined, dimensions: number): string | null {
  if (cursor === undefined) return null;
  const place = Buffer.from(cursor, 'base64url').toString('utf8');
  if (isPlace(place, dimensions)) return place;
  throw invalidRequest([fieldError(['cursor'], 'cursor must be the next_cursor of the page before.')]);
}

function isPlace(text: string, dimensions: number): boolean {
  try {
    const values: unknown = JSON.parse(text);
    return Array.isArray(values) && values.length === dimensions;
  } catch {
    return false;
  }
}

import { cleanText, isId } from '@troupe/contracts';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import type { PageQueryDto } from './page-query.dto.js';

/** The cursor of a list that is sorted by id; null on the first page. */
export function idCursor({ cursor }: PageQueryDto): string | null {
  if (cursor === undefined) return null;
  if (!isId(cursor)) throw badCursor();
  return cursor;
}

/** The cursor of a list that is sorted by a name; null on the first page. */
export function nameCursor({ cursor }: PageQueryDto): string | null {
  return cursor === undefined ? null : cleanText(cursor);
}

/** The cursor of a list that is sorted by a number; null on the first page. */
export function numberCursor({ cursor }: PageQueryDto): number | null {
  if (cursor === undefined) return null;
  if (!/^\d{1,9}$/.test(cursor)) throw badCursor();
  return Number(cursor);
}

function badCursor() {
  return invalidRequest([fieldError(['cursor'], 'cursor must be the next_cursor of the page before.')]);
}

import type { RequestOptions } from '../transport/transport.js';

/** Which page of a list. */
export interface ListOptions extends RequestOptions {
  /** `next_cursor` of the page before. */
  cursor?: string;
  /** Entries of a page. */
  limit?: number;
}

/** The query of a list request. */
export function pageQuery({ cursor, limit }: ListOptions): Record<string, string | number | undefined> {
  return { cursor, limit };
}

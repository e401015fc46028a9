/**
 * The end of a query that finds runs for a statement which changes several of them: what is decided about them is decided
 * under their locks. Who locks several rows takes them in this order, so that nobody waits for somebody who waits for him; an
 * update alone takes them as its plan finds them.
 */
export const LOCKED_IN_ORDER = 'ORDER BY runs.id FOR NO KEY UPDATE OF runs';

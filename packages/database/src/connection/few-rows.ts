/**
 * A condition that every UUID meets. Postgres guesses that a range leaves one row in two hundred: so it expects one row of a
 * parameter that holds several (a hundred, it would guess) and looks each up by its key. Without it a plan that was made
 * while the tables were small reads them as a whole, for as long as the connection keeps the plan.
 */
export function fewRows(uuidColumn: string): string {
  return `${uuidColumn} BETWEEN '00000000-0000-0000-0000-000000000000' AND 'ffffffff-ffff-ffff-ffff-ffffffffffff'`;
}

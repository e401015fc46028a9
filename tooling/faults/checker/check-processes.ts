import type { Evidence, Violation } from './evidence.js';

/** Every run that a killed worker held has moved again after so long at the latest, whatever else was broken. Milliseconds. */
const RECOVERED_WITHIN_MS = 60_000;

/** I11 to I14, of processes and leftovers: no end that nobody ordered, nothing unhandled, nothing stuck, nothing left. */
export function checkProcesses({ exits, unhandled, recoveries, database }: Evidence): Violation[] {
  const found: Violation[] = [];
  const say = (invariant: string, what: string) => found.push({ invariant, what });
  for (const { what, id, tookMs } of recoveries) {
    if (tookMs === undefined) say('I11', `the ${what} ${id} never moved again after its worker was killed`);
    else if (tookMs > RECOVERED_WITHIN_MS) say('I11', `the ${what} ${id} took ${tookMs} ms to move again`);
  }
  for (const { name, pid, ended, expected, starting } of exits) {
    // A start without a database fails, and is tried again.
    if (starting && (ended === 1 || expected)) continue;
    if (!expected) say('I12', `${name} (process ${pid}) ended with ${ended}, and nobody had told it to`);
    else if (ended !== 0 && ended !== 'SIGKILL')
      say('I12', `${name} (process ${pid}) ended with ${ended} when it was told to`);
  }
  for (const line of unhandled) say('I13', line);
  for (const { id, call, state } of database.toolCalls) {
    if (state === 'prepared' || state === 'dispatched') say('I14', `tool call ${id} (${call}) is left ${state}`);
  }
  if (database.overdueFollowUps > 0) say('I14', `${database.overdueFollowUps} follow-up tasks wait for nobody`);
  return found;
}

import { toldAnswerOf } from '../load/case-message.js';
import type { SeenEvent } from '../load/history.js';
import type { CaseView, RunView } from './case-view.js';
import { isWhole } from './completed-as-planned.js';
import type { Violation } from './evidence.js';
import { canonicalJson, isBefore, survivingEvents, textOfEvents } from './surviving-events.js';

/** I3: what a reader believes at the end is what the durable log says, each event once and in order, with the right text. */
export function checkEvents(view: CaseView): Violation[] {
  const [run] = view.runs;
  if (!run) return [];
  const found: Violation[] = [];
  const say = (what: string) => found.push({ invariant: 'I3', case: view.id, runId: run.row.id, what });
  checkLog(view, run, say);
  const durable = survivingEvents(run.log).map(described);
  for (const entry of view.history) {
    if (entry.type !== 'read' || entry.runId !== run.row.id) continue;
    const { events, ended, from } = entry;
    const disorder = firstDisorder(events);
    if (disorder) say(`a reader (${from}) got ${idOf(disorder)} out of order or twice`);
    if (!ended) {
      say(
        `a reader (${from}) never saw the end; its last event is ${events.length > 0 ? idOf(events.at(-1)) : 'none'}`,
      );
      continue;
    }
    const difference = firstDifference(survivingEvents(events).map(described), durable);
    if (difference) say(`a reader (${from}) believes ${difference}`);
    if (from === 'replay' && events.length !== run.log.length) {
      say(`a replay has ${events.length} events, the log ${run.log.length}`);
    }
    if (isWhole(run) && textOfEvents(events) !== toldAnswerOf(view.plan)) {
      say(`a reader (${from}) ends with the text ${JSON.stringify(textOfEvents(events))}`);
    }
  }
  return found;
}

/** The log itself: no gap, no double, and one end that says what the run's row says. */
function checkLog({ plan }: CaseView, run: RunView, say: (what: string) => void): void {
  const { log, row } = run;
  const disorder = firstDisorder(log);
  if (disorder) say(`the log has ${idOf(disorder)} out of order or twice`);
  for (const [index, event] of log.entries()) {
    const before = log[index - 1];
    const expected = before?.[0] === event[0] ? before[1] + 1 : 1;
    if (event[1] !== expected) say(`the log has a gap before ${idOf(event)}`);
  }
  const surviving = survivingEvents(log);
  const ends = surviving.filter(([, , type]) => type === `run.${row.status}`);
  if (ends.length !== 1 || surviving.at(-1) !== ends[0]) {
    say(
      `the log of a ${row.status} run ends with ${surviving.at(-1)?.[2]} and says ${ends.length} times run.${row.status}`,
    );
  }
  if (isWhole(run) && textOfEvents(log) !== toldAnswerOf(plan)) say('the log has another text than the answer');
}

function firstDisorder(events: readonly SeenEvent[]): SeenEvent | undefined {
  return events.find((event, index) => {
    const before = events[index - 1];
    return before && !isBefore(before, event);
  });
}

function described([attempt, n, type, data]: SeenEvent): string {
  return `${attempt}-${n} ${type} ${canonicalJson(data)}`;
}

function firstDifference(seen: readonly string[], durable: readonly string[]): string | undefined {
  for (let index = 0; index < Math.max(seen.length, durable.length); index += 1) {
    if (seen[index] !== durable[index])
      return `${seen[index] ?? 'nothing'} where the log has ${durable[index] ?? 'nothing'}`;
  }
  return undefined;
}

function idOf(event: SeenEvent | undefined): string {
  return event ? `${event[0]}-${event[1]} (${event[2]})` : 'nothing';
}

import type { SeenEvent } from '../load/history.js';

/** Whether `a` comes before `b` in a run's log. */
export function isBefore(a: SeenEvent, b: SeenEvent): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

/** A log without what a later `step.restarted` withdrew: what a reader believes at the end. */
export function survivingEvents(events: readonly SeenEvent[]): SeenEvent[] {
  let surviving: SeenEvent[] = [];
  for (const event of events) {
    if (event[2] === 'step.restarted') {
      const { withdraw_after } = JSON.parse(event[3]) as { withdraw_after: string };
      const [attempt = 0, n = 0] = withdraw_after.split('-').map(Number);
      surviving = surviving.filter((earlier) => !isBefore([attempt, n, '', ''], earlier));
    } else {
      surviving.push(event);
    }
  }
  return surviving;
}

/** The text of the last model turn: every turn begins with `step.started`. */
export function textOfEvents(events: readonly SeenEvent[]): string {
  let text = '';
  for (const [, , type, data] of survivingEvents(events)) {
    if (type === 'step.started') text = '';
    if (type === 'text.delta') text += (JSON.parse(data) as { delta: string }).delta;
  }
  return text;
}

/** JSON as text in which the order of members does not matter: PostgreSQL keeps its own. */
export function canonicalJson(text: string): string {
  return JSON.stringify(sorted(JSON.parse(text)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

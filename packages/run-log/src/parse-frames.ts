import { parseEventId, type RunEvent } from '@troupe/contracts';

/** Reads frames that `frameEvent` wrote, for views that need the events themselves (the OpenAI dialect, tests). */
export function parseFrames(frames: string): RunEvent[] {
  const events: RunEvent[] = [];
  for (const frame of frames.split('\n\n')) {
    const match = /^event: (.+)\nid: (.+)\ndata: (.+)$/.exec(frame);
    const id = match && parseEventId(match[2] ?? '');
    if (match && id) events.push({ type: match[1], id, data: JSON.parse(match[3] ?? '') } as RunEvent);
  }
  return events;
}

import { parseEventId, type RunEvent } from '@troupe/contracts';

/** The events of a response, read to its end; comments and retry hints are left out. */
export async function eventsOf(response: Response): Promise<RunEvent[]> {
  const frames = (await response.text()).split('\n\n');
  return frames.flatMap((frame) => {
    const [, type, idText = '', data = ''] = /^event: (.+)\nid: (.+)\ndata: (.+)$/.exec(frame) ?? [];
    const id = parseEventId(idText);
    return type && id ? [{ type, id, data: JSON.parse(data) } as RunEvent] : [];
  });
}

/** The same, each as it comes. */
export async function* eventStreamOf(response: Response): AsyncGenerator<RunEvent> {
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    yield* await eventsOf(new Response(frames.map((frame) => `${frame}\n\n`).join('')));
  }
}

/** Looks until there is something; the limit of the test ends it. */
export async function eventually<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

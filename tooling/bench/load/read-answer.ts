import { performance } from 'node:perf_hooks';
import type { HttpConnection, HttpRequest } from './http-connection.js';
import type { ReplyMeasure } from './reply-measure.js';
import { SseSplitter } from './sse-splitter.js';

/** The text that a frame adds to the answer, undefined when it adds none. May note a problem in the measure. */
export type ReadFrame = (frame: string, measure: ReplyMeasure) => string | undefined;

/** Sends a request and fills the measure from its stream of events; frames are looked at in the moment they arrive. */
export async function readStream(
  connection: HttpConnection,
  request: HttpRequest,
  measure: ReplyMeasure,
  readFrame: ReadFrame,
): Promise<void> {
  const splitter = new SseSplitter();
  let refusal = '';
  const status = await connection.send(request, (text, at) => {
    measure.bodyCharacters += text.length;
    if (refusal === '' && text.startsWith('{')) refusal = text;
    for (const frame of splitter.split(text)) {
      const piece = readFrame(frame, measure);
      if (piece === undefined) continue;
      measure.tokenCharacters += frame.length + '\n\n'.length;
      measure.pieces.push({ at, text: piece });
    }
  });
  measure.endedAt = performance.now();
  if (status !== 200) measure.problem = describeRefusal(status, refusal);
  else if (splitter.rest !== '') measure.problem ??= 'the stream ended within an event';
}

/** Sends a request and answers its JSON; the text arrives with the last byte. */
export async function readJson(
  connection: HttpConnection,
  request: HttpRequest,
  measure: ReplyMeasure,
  readText: (body: string) => string | undefined,
): Promise<void> {
  let body = '';
  const status = await connection.send(request, (text) => {
    body += text;
  });
  measure.endedAt = performance.now();
  measure.bodyCharacters += body.length;
  measure.tokenCharacters += body.length;
  if (status !== 200) measure.problem = describeRefusal(status, body);
  else measure.pieces.push({ at: measure.endedAt, text: readText(body) ?? '' });
}

function describeRefusal(status: number, body: string): string {
  return `HTTP ${status}: ${body.slice(0, 300)}`;
}

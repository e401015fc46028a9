import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { unpackBody } from './cassette-body.js';
import type { CassetteResponse } from './recorded-exchange.js';

/** Gives an answer as it was recorded, piece by piece, with its end or its break. */
export async function replayAnswer(
  recorded: CassetteResponse,
  response: ServerResponse,
  pauses: 'keep' | 'drop',
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  const rest = async (milliseconds: number) => {
    if (pauses === 'drop' || milliseconds === 0) await setImmediate();
    // Whoever leaves during a pause ends it.
    else await setTimeout(milliseconds, undefined, { signal: left.signal }).catch(() => undefined);
  };
  await rest(recorded.after_ms);
  const chunks = unpackBody(recorded);
  const isWhole = recorded.ending === 'complete';
  response.writeHead(recorded.status, recorded.headers);
  // Headers that leave before the body make Node mark its end, without which a cut would look like one.
  if (!isWhole || chunks.length > 1) response.flushHeaders();
  for (const { afterMs, bytes } of chunks) {
    await rest(afterMs);
    if (left.signal.aborted) return;
    if (!response.write(bytes)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  if (isWhole) response.end();
  // What was written must arrive before the connection breaks.
  else if (recorded.ending === 'cut') response.write('', () => response.socket?.destroy());
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ScriptedServer, sse, stream } from '../../fixtures/scripted-server.js';
import { type ReadOptions, readServerSentEvents } from './read-server-sent-events.js';

describe('readServerSentEvents', () => {
  let server: ScriptedServer;
  beforeEach(async () => {
    server = await ScriptedServer.start();
  });
  afterEach(() => server.stop());

  async function dataOf(options?: ReadOptions): Promise<string[]> {
    const data: string[] = [];
    const response = await fetch(server.url);
    for await (const event of readServerSentEvents(response, options)) data.push(event.data);
    return data;
  }

  it('drops an event without its blank line', async () => {
    server.on('GET /', stream(['data: 1\n\n', 'data: 2\n']));
    expect(await dataOf()).toEqual(['1']);
  });

  it('joins data lines and ignores comments', async () => {
    server.on('GET /', stream([': hello\n', 'data: 1\ndata: 2\n\n'], { chunkBytes: 1 }));
    expect(await dataOf()).toEqual(['1\n2']);
  });

  it('passes on when to come back', async () => {
    const asked: number[] = [];
    server.on(
      'GET /',
      stream(['retry: 40\n\n', 'data: 1\n\n', 'retry: soon\n\n', 'retry: 1500\n\n'], { chunkBytes: 3 }),
    );
    expect(await dataOf({ onRetry: (retryMs) => asked.push(retryMs) })).toEqual(['1']);
    expect(asked).toEqual([40, 1500]);
  });

  it('takes a long silence for a dead connection, and a comment for a sign of life', async () => {
    server.on('GET /', async (response, request) => {
      await stream([sse('x', 1)], { ending: 'open' })(response, request);
      for (let beat = 0; beat < 5; beat += 1) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        response.write(': heartbeat\n\n');
      }
    });
    const begin = performance.now();
    await expect(dataOf({ longestSilenceMs: 300 })).rejects.toThrow('nothing for 0.3 s');
    expect(performance.now() - begin).toBeGreaterThan(700);
  });
});

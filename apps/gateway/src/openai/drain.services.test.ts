import { expect, test } from '@jest/globals';
import { startGatewayForTest } from '../gateway.test-harness.js';
import { framesOf } from './chat-stream.test-reader.js';

test('who reads an answer while the gateway stops is told which run goes on', async () => {
  const gateway = await startGatewayForTest({ drainSeconds: 1 });
  try {
    gateway.worker.pause();
    const body = { model: 'agent/cherry', messages: [{ role: 'user', content: 'Hello' }] };
    const streamed = await gateway.call('POST', '/v1/chat/completions', { body: { ...body, stream: true } });
    const waiting = gateway.call('POST', '/v1/chat/completions', { body });
    const runs = async () => {
      const text = 'SELECT id FROM runs';
      return gateway.database.query<{ id: string }>({ name: 'test-runs', text }, []);
    };
    while ((await runs()).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    const stopped = gateway.stopGateway();

    const message = expect.stringContaining(streamed.headers.get('x-troupe-run') ?? 'a run');
    expect(framesOf(await streamed.text()).slice(-2)).toEqual([
      { error: { message, type: 'server_error', param: null, code: 'server_stopping' } },
      '[DONE]',
    ]);
    const refused = await waiting;
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([503, 'false']);
    expect(await refused.json()).toMatchObject({ error: { code: 'server_stopping' } });
    await stopped;
  } finally {
    await gateway.stop();
  }
});

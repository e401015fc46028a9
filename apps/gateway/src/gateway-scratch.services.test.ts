import fs from 'node:fs';
import { test } from '@jest/globals';
import { scriptedResponse } from '@troupe/testing';
import { startGatewayForTest } from './gateway.test-harness.js';
test('serve', async () => {
  const gateway = await startGatewayForTest();
  const text = 'Prague is lovely in spring. Bear in mind:\n\n1. The castle opens at nine; be there early.\n2. Cross Charles Bridge before breakfast, when it belongs to the gulls.\n3. Eat where the menu is short.\n\nShall I plan a day for you?';
  const turn = () => ({ type: 'reply' as const, reply: (request: { messages: readonly { content: unknown }[] }) => {
    const last = JSON.stringify(request.messages.at(-1)?.content);
    if (last.includes('hang')) return { type: 'hang' as const, after: [{ type: 'text.delta' as const, delta: 'Let me think about' }] };
    if (last.includes('fail')) return { type: 'error' as const, error: new Error('x') };
    return { type: 'response' as const, response: scriptedResponse([{ type: 'reasoning', text: 'The user asks about a trip. Short advice first, then an offer.' } as never, { type: 'text', text }]) };
  } });
  for (let i = 0; i < 100; i += 1) gateway.model.enqueue(turn());
  fs.writeFileSync('/tmp/shots/server.json', JSON.stringify({ url: gateway.url, key: gateway.key }));
  while (!fs.existsSync('/tmp/shots/stop')) await new Promise((r) => setTimeout(r, 200));
  await gateway.stop();
}, 400_000);

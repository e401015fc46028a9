import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { findFreePort } from './free-port.js';

test('answers the preferred port while it is free and another one while it is taken', async () => {
  const port = await findFreePort();
  expect(await findFreePort(port)).toBe(port);

  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  try {
    expect((server.address() as AddressInfo).port).toBe(port);
    expect(await findFreePort(port)).not.toBe(port);
  } finally {
    server.close();
  }
});

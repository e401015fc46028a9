import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { checkListenAddress } from './check-listen-address.js';

const SETTINGS = { hostSetting: 'HOST', portSetting: 'PORT' };

describe('checkListenAddress', () => {
  it('says which setting to change when the port is taken, and nothing once it is free', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const address = { ...SETTINGS, host: '127.0.0.1', port };
    const message = `Port ${port} on 127.0.0.1 is taken by another program. Stop that one, or give this one another port: PORT=${port + 1}`;
    await expect(checkListenAddress(address)).rejects.toMatchObject({ message, stack: message });
    server.close();
    await once(server, 'close');
    await checkListenAddress(address);
    await checkListenAddress(address);
  });

  it('says that a host is no address of this machine', async () => {
    for (const host of ['192.0.2.1', 'no-such-host.invalid']) {
      const checked = checkListenAddress({ ...SETTINGS, host, port: 0 });
      await expect(checked).rejects.toThrow(`HOST=${host} is no address of this machine`);
    }
  });
});

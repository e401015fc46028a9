import type { AddressInfo } from 'node:net';

/** Where somebody on this machine reaches a server; one that listens on every address is reached on the loopback. */
export function urlOfAddress({ address, port }: Pick<AddressInfo, 'address' | 'port'>): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[address] ?? address;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

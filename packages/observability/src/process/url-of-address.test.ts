import { expect, it } from '@jest/globals';
import { urlOfAddress } from './url-of-address.js';

it.each([
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['0.0.0.0', 'http://127.0.0.1:80'],
  ['::1', 'http://[::1]:80'],
  ['::', 'http://[::1]:80'],
  ['192.0.2.7', 'http://192.0.2.7:80'],
])('a server on %s is reached at %s', (address, url) => {
  expect(urlOfAddress({ address, port: 80 })).toBe(url);
});

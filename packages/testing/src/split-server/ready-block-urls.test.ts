import { expect, test } from '@jest/globals';
import { readyBlockUrls } from './ready-block-urls.js';

const end = '    Stop with Ctrl-C.';

test('a split server names each gateway with its address', () => {
  const output = [
    '    Console and API   http://127.0.0.1:3000/',
    '    Process           gateway-1          pid 10  http://127.0.0.1:3000',
    '    Process           gateway-2          pid 11  http://127.0.0.1:3001',
    '    Process           llm-worker-1       pid 12',
    end,
  ];
  expect(readyBlockUrls(output)).toEqual(['http://127.0.0.1:3000', 'http://127.0.0.1:3001']);
});

test('a server in one process has one address', () => {
  expect(readyBlockUrls(['    Console and API   http://127.0.0.1:3000/', end])).toEqual(['http://127.0.0.1:3000']);
});

test('half of what is printed is not enough', () => {
  expect(readyBlockUrls(['    Console and API   http://127.0.0.1:3000/'])).toBeUndefined();
});

import { expect, test } from '@jest/globals';
import { redisConfiguration } from './redis-configuration.js';

const options = { port: 6400, password: 'secret', pidFile: '/data/redis.pid', folder: '/data/redis', durable: true };

test('a durable server syncs every second, a throw-away one stores nothing', () => {
  expect(redisConfiguration(options)).toContain('appendonly yes\nappendfsync everysec\nsave ""\n');
  expect(redisConfiguration({ ...options, durable: false })).toContain('appendonly no\n');
});

test('a folder name may hold spaces, quotes and backslashes', () => {
  expect(redisConfiguration({ ...options, folder: '/a b/"c"\\d' })).toContain('dir "/a b/\\"c\\"\\\\d"\n');
});

import { describe, expect, test } from '@jest/globals';
import { createModelCatalog } from '@troupe/providers';
import { readyBlock } from './ready-block.js';

const facts = { url: 'http://127.0.0.1:3000', models: createModelCatalog({}), processes: [] };

describe('readyBlock', () => {
  test.each(['127.0.0.1', 'localhost', '::1'])('says nothing of other machines when it listens on %s', (host) => {
    expect(readyBlock({ ...facts, host })).not.toContain('other machines');
  });

  test.each(['0.0.0.0', '::', '192.0.2.7', 'example.com'])(
    'says that others reach it when it listens on %s',
    (host) => {
      expect(readyBlock({ ...facts, host })).toContain('from other machines too, without encryption');
    },
  );

  test('its curl line reads the key from the file and never shows it', () => {
    const block = readyBlock({ ...facts, host: '127.0.0.1', keyFile: '/home/ada/my folder/.troupe/api-key' });
    expect(block).toContain(`"Authorization: Bearer $(cat '/home/ada/my folder/.troupe/api-key')"`);
  });
});

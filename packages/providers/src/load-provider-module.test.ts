import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createModelCatalog } from './create-model-catalog.js';

describe('a provider from a module', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'troupe-module-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function catalogWith(source: string) {
    const module = join(folder, 'provider.cjs');
    writeFileSync(module, source);
    const instance = { id: 'mine', keySetting: 'KEY', baseUrlSetting: 'URL', defaultModel: 'large' };
    return createModelCatalog({ instances: [{ kind: 'module', module, apiKeys: ['k'], instance }] });
  }

  test('gets its entry and what every provider is lent', () => {
    const catalog = catalogWith(`module.exports = ({ apiKeys, instance }, { transport }) => ({
      id: instance.id,
      defaultModel: 'small',
      createModel: (model) => ({ id: instance.id + '/' + model, accounts: [apiKeys[0] + typeof transport.send] }),
      listModels: async () => [],
    });`);
    expect(catalog.defaultModel).toBe('mine/large');
    expect(catalog.resolve('mine/any').accounts).toEqual(['kfunction']);
  });

  test.each([
    ['nothing that creates one', 'module.exports = {};', 'must export a function'],
    ['a mistake', 'module.exports = (;', 'cannot be loaded'],
    ['another name', 'module.exports = () => ({ id: "other" });', 'calls itself "other"'],
  ])('that holds %s is told with its file', (_what, source, part) => {
    expect(() => catalogWith(source)).toThrow(part);
    expect(() => catalogWith(source)).toThrow(/provider\.cjs|"mine"/);
  });
});

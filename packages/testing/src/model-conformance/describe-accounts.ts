import { describe, expect, test } from '@jest/globals';
import type { ConformanceBench } from './model-under-test.js';
import { ask, modes, userRequest } from './observe-model.js';

/** Several keys of one provider: the caller names which, by a hash. */
export function describeAccounts(bench: ConformanceBench): void {
  describe.each(modes)('accounts (%s)', (mode) => {
    const keySent = () => Object.values(bench.simulator.requests.at(-1)?.headers ?? {}).join('\n');

    test('each key is one, and the one that is named is the one that is sent', async () => {
      const model = bench.model({ apiKey: 'sk-first,sk-second' });
      expect(model.accounts).toHaveLength(2);
      expect(model.accounts.join()).not.toContain('sk-');
      const [first, second] = model.accounts;
      await ask(mode, model, userRequest('Hello'), { account: second });
      expect(keySent()).toContain('sk-second');
      await ask(mode, model, userRequest('Hello'), { account: first });
      expect(keySent()).toContain('sk-first');
      expect(keySent()).not.toContain('sk-second');
    });

    test('the first is used where none is named, or one that is gone', async () => {
      const model = bench.model({ apiKey: 'sk-first,sk-second' });
      await ask(mode, model, userRequest('Hello'));
      expect(keySent()).toContain('sk-first');
      await ask(mode, model, userRequest('Hello'), { account: 'gone' });
      expect(keySent()).toContain('sk-first');
    });
  });
}

import { describe, expect, test } from '@jest/globals';
import { createModelCatalog } from '@troupe/providers';
import { checkConfiguredLimits } from './check-configured-limits.js';
import { providerAccounts } from './provider-accounts.js';

const rule = (provider: string) => ({ provider, model: '*', rpm: 5, source: 'file' as const });
const models = createModelCatalog({ openai: { apiKeys: ['sk-1', 'sk-2'] } });

describe('limits of the file and of the environment', () => {
  test('may be for providers that have a key, or could have one', async () => {
    await checkConfiguredLimits([rule('openai'), rule('anthropic')], models);
    await checkConfiguredLimits([rule('demo')], createModelCatalog({}));
  });

  test('for providers that nobody knows are refused, all of them at once', async () => {
    const offline = createModelCatalog({});
    const rules = [rule('opnai'), rule('demo'), rule('antropic'), rule('opnai')];
    await expect(checkConfiguredLimits(rules, offline)).rejects.toThrow(
      'LIMITS or TROUPE_LIMITS_FILE cannot be used. There is no provider "opnai". Did you mean openai? ' +
        'There is no provider "antropic". Did you mean anthropic?',
    );
  });
});

describe('the accounts of a provider', () => {
  test('are the hashes of its keys', async () => {
    const found = await providerAccounts(models, 'openai');
    expect(found).toEqual({ known: true, accounts: models.resolve('openai/gpt-4o').accounts });
    expect(found).toMatchObject({ accounts: { length: 2 } });
  });

  test('are none while it is not configured', async () => {
    expect(await providerAccounts(models, 'anthropic')).toEqual({ known: true, accounts: [] });
  });

  test('are found of a provider that knows one model only', async () => {
    expect(await providerAccounts(createModelCatalog({}), 'demo')).toMatchObject({ accounts: { length: 1 } });
  });
});

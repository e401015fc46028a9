import { describe, expect, it } from '@jest/globals';
import type { LimitNumbers, LimitSource, SourcedLimitRule } from '@troupe/contracts';
import fc from 'fast-check';
import { LimitRules } from './limit-rules.js';

/** `openai/gpt-4o` or, for one account, `openai/gpt-4o@key-1`. */
function rule(name: string, numbers: LimitNumbers, source: LimitSource = 'api'): SourcedLimitRule {
  const [id = '', account] = name.split('@');
  const slash = id.indexOf('/');
  const key = { provider: id.slice(0, slash), model: id.slice(slash + 1) };
  return { ...key, ...(account !== undefined && { account }), ...numbers, source };
}

const nameOf = ({ provider, model, account }: SourcedLimitRule) =>
  `${provider}/${model}${account === undefined ? '' : `@${account}`}`;

function limitsOf(rules: LimitRules, modelId: string, account = 'key-1') {
  const scope = rules.scopeOf(modelId, account);
  return scope && rules.limitsOf(scope);
}

describe('LimitRules', () => {
  it('limits nothing that no rule names', () => {
    const rules = new LimitRules([rule('openai/gpt-4o', { rpm: 1 })]);
    expect(rules.scopeOf('openai/gpt-4o-mini', 'key-1')).toBeUndefined();
    expect(rules.scopeOf('anthropic/gpt-4o', 'key-1')).toBeUndefined();
    expect(rules.scopeOf('gpt-4o', 'key-1')).toBeUndefined();
    expect(rules.limitsOf({ provider: 'openai', account: 'key-1', model: 'gpt-5' })).toBeUndefined();
  });

  it('knows every number under its name in the limiter', () => {
    const numbers = { rpm: 1, tpm: 2, input_tpm: 3, output_tpm: 4, rpd: 5, max_concurrency: 6 };
    expect(limitsOf(new LimitRules([rule('openai/*', numbers)]), 'openai/gpt-4o')).toEqual({
      ...{ rpm: 1, tpm: 2, inputTpm: 3, outputTpm: 4, rpd: 5, maxConcurrency: 6 },
    });
  });

  it('asks a name before the longest pattern before all', () => {
    const rules = new LimitRules([
      rule('anthropic/*', { rpm: 1 }),
      rule('anthropic/claude-sonnet-*', { rpm: 3 }),
      rule('anthropic/claude-*', { rpm: 2 }),
      rule('anthropic/claude-sonnet-4-5', { rpm: 4 }),
    ]);
    expect(limitsOf(rules, 'anthropic/claude-sonnet-4-5')).toEqual({ rpm: 4 });
    expect(limitsOf(rules, 'anthropic/claude-sonnet-4')).toEqual({ rpm: 3 });
    expect(limitsOf(rules, 'anthropic/claude-opus-4')).toEqual({ rpm: 2 });
    expect(limitsOf(rules, 'anthropic/other')).toEqual({ rpm: 1 });
    expect(rules.all.map(nameOf)).toEqual([
      'anthropic/claude-sonnet-4-5',
      'anthropic/claude-sonnet-*',
      'anthropic/claude-*',
      'anthropic/*',
    ]);
  });

  it('has the models of a family share one scope, apart for each account', () => {
    const rules = new LimitRules([rule('openrouter/anthropic/claude-sonnet-*', { tpm: 5 })]);
    const scope = { provider: 'openrouter', account: 'key-1', model: 'anthropic/claude-sonnet-*' };
    expect(rules.scopeOf('openrouter/anthropic/claude-sonnet-4', 'key-1')).toEqual(scope);
    expect(rules.scopeOf('openrouter/anthropic/claude-sonnet-5:free', 'key-1')).toEqual(scope);
    expect(rules.scopeOf('openrouter/anthropic/claude-sonnet-4', 'key-2')).toEqual({ ...scope, account: 'key-2' });
  });

  it('finds the scope of a family under its pattern too', () => {
    const rules = new LimitRules([rule('openai/gpt-4o*', { rpm: 1 }), rule('openai/gpt-*', { rpm: 2 })]);
    expect(rules.scopeOf('openai/gpt-*', 'key-1')).toMatchObject({ model: 'gpt-*' });
    expect(rules.scopeOf('openai/gpt-4o*', 'key-1')).toMatchObject({ model: 'gpt-4o*' });
  });

  it('asks a limit of the account before that of all, and a more specific model before either', () => {
    const rules = new LimitRules([
      rule('openai/gpt-4o', { rpm: 1 }),
      rule('openai/gpt-4o@key-2', { rpm: 2 }),
      rule('openai/*@key-2', { rpm: 3 }),
      rule('openai/*@key-3', { rpm: 4 }),
    ]);
    expect(limitsOf(rules, 'openai/gpt-4o', 'key-1')).toEqual({ rpm: 1 });
    expect(limitsOf(rules, 'openai/gpt-4o', 'key-2')).toEqual({ rpm: 2 });
    expect(limitsOf(rules, 'openai/gpt-4o', 'key-3')).toEqual({ rpm: 1 });
    expect(limitsOf(rules, 'openai/gpt-5', 'key-2')).toEqual({ rpm: 3 });
    expect(limitsOf(rules, 'openai/gpt-5', 'key-1')).toBeUndefined();
  });

  it('takes the API before the file before the environment for the same key, and mixes nothing', () => {
    const sources = [
      rule('openai/a', { rpm: 1, tpm: 1 }, 'environment'),
      rule('openai/a', { rpm: 2 }, 'file'),
      rule('openai/a', { tpm: 3 }, 'api'),
    ];
    const rules = new LimitRules(sources);
    expect(limitsOf(rules, 'openai/a')).toEqual({ tpm: 3 });
    expect(rules.all.map(({ source, in_effect }) => [source, in_effect])).toEqual([
      ['api', true],
      ['file', false],
      ['environment', false],
    ]);
    expect(limitsOf(new LimitRules(sources.slice(0, 2)), 'openai/a')).toEqual({ rpm: 2 });
  });

  it('prefers the more specific rule of a weaker source', () => {
    const rules = new LimitRules([rule('openai/*', { rpm: 1 }, 'api'), rule('openai/a', { rpm: 2 }, 'environment')]);
    expect(limitsOf(rules, 'openai/a')).toEqual({ rpm: 2 });
  });

  it('decides the same in whatever order rules come, and limits what it gave a scope to', () => {
    const names = ['*', 'g*', 'gpt-*', 'gpt-4o', 'gpt-4o*', 'gpt-4o-mini'];
    const rules = fc.uniqueArray(
      fc.record({
        model: fc.constantFrom(...names),
        account: fc.constantFrom(undefined, 'key-1', 'key-2'),
        source: fc.constantFrom<LimitSource>('api', 'file', 'environment'),
        rpm: fc.integer({ min: 1, max: 9 }),
      }),
      { selector: ({ model, account, source }) => `${model} ${account} ${source}` },
    );
    fc.assert(
      fc.property(rules, fc.constantFrom(...names), fc.constantFrom('key-1', 'key-2', 'key-3'), (some, model, key) => {
        const all = some.map(({ account, ...rest }) => ({
          ...rest,
          provider: 'openai',
          ...(account !== undefined && { account }),
        }));
        const forwards = new LimitRules(all);
        const scope = forwards.scopeOf(`openai/${model}`, key);
        const backwards = new LimitRules(all.toReversed());
        expect(backwards.scopeOf(`openai/${model}`, key)).toEqual(scope);
        expect(backwards.all).toEqual(forwards.all);
        if (scope === undefined) return;
        expect(forwards.limitsOf(scope)).toBeDefined();
        expect(backwards.limitsOf(scope)).toEqual(forwards.limitsOf(scope));
      }),
    );
  });
});

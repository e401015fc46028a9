import { describe, expect, test } from '@jest/globals';
import type { Guardrail, UntrustedContent } from '@troupe/contracts';
import { guardrailProblems, untrustedProblems } from './guardrail-problems.js';

const good: Guardrail = { name: 'one', on: ['output'], check: { type: 'patterns', patterns: ['a+'] } };
const judge = { type: 'judge' as const, instructions: 'x' };

describe('guardrailProblems', () => {
  test('finds nothing wrong with what works', () => {
    const fine: Guardrail[] = [
      good,
      { name: 'two', on: ['input'], check: judge, mode: 'blocking', action: 'rewrite' },
      { name: 'three', on: ['tool_input'], check: { type: 'pii', kinds: ['email'] }, action: 'block', tools: ['post'] },
      { ...good, name: 'four', action: 'retry' },
    ];
    expect(guardrailProblems(fine, ['post'])).toEqual([]);
  });

  test.each<[string, Partial<Guardrail>, string, string]>([
    ['a back reference', { check: { type: 'patterns', patterns: ['a', '(a)\\1'] } }, '0.check.patterns.1', 'RE2'],
    ['look-ahead', { check: { type: 'patterns', patterns: ['a(?=b)'] } }, '0.check.patterns.0', 'RE2'],
    ['half a pattern', { check: { type: 'patterns', patterns: ['(a'] } }, '0.check.patterns.0', 'RE2'],
    ['a pattern of nothing', { check: { type: 'patterns', patterns: ['a*'] } }, '0.check.patterns.0', 'every text'],
    ['a judge that redacts', { check: judge, action: 'redact' }, '0.action', 'can block, rewrite, retry'],
    ['a rule that rewrites', { action: 'rewrite' }, '0.action', 'can block, redact, retry'],
    ['another input', { on: ['input'], action: 'retry' }, '0.action', 'output alone'],
    ['a rule with a mode', { on: ['input'], mode: 'blocking' }, '0.mode', 'Only a judge'],
    ['a late rewrite', { on: ['input'], check: judge, action: 'rewrite', mode: 'parallel' }, '0.mode', 'blocking'],
    ['tools of an answer', { tools: ['post'] }, '0.tools', 'tool_input'],
    ['an unknown tool', { on: ['tool_input'], tools: ['pots'] }, '0.tools.0', 'Did you mean post?'],
  ])('refuses %s', (_what, changes, path, message) => {
    const [problem, ...others] = guardrailProblems([{ ...good, ...changes }], ['post']);
    expect(problem?.path.join('.')).toBe(path);
    expect(problem?.message).toContain(message);
    expect(others).toEqual([]);
  });

  test('refuses two of a name', () => {
    expect(guardrailProblems([good, good], [])).toMatchObject([{ path: ['1', 'name'] }]);
  });
});

describe('untrustedProblems', () => {
  test.each<[string, UntrustedContent, string[]]>([
    ['nothing', {}, []],
    ['what works', { allow: [{ tool: 'post', argument: 'to', values: ['a'] }, { tool: 'post' }] }, []],
    ['an unknown target', { allow: [{ tool: 'pots' }] }, ['allow.0.tool']],
    ['values of no argument', { allow: [{ tool: 'post', values: ['a'] }] }, ['allow.0.argument']],
    ['an argument without values', { allow: [{ tool: 'post', argument: 'to' }] }, ['allow.0.values']],
    ['an unknown tool that is trusted', { trusted_tools: ['post', 'x'] }, ['trusted_tools.1']],
  ])('%s', (_what, untrusted, paths) => {
    expect(untrustedProblems(untrusted, ['post']).map(({ path }) => path.join('.'))).toEqual(paths);
  });
});

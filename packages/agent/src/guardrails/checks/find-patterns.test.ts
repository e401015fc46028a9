import { describe, expect, test } from '@jest/globals';
import { findOverlength } from './find-overlength.js';
import { findPatterns } from './find-patterns.js';
import { redacted } from './finding.js';

describe('findPatterns', () => {
  test('every match of every pattern, whatever its case', () => {
    const finding = findPatterns('Acme and ACME beat Initech', {
      type: 'patterns',
      patterns: ['acme', 'x{3}', 'init\\w+'],
    });
    expect(finding?.reason).toBe('patterns 1, 3');
    expect(redacted('Acme and ACME beat Initech', finding?.passages ?? [])).toBe(
      '[removed] and [removed] beat [removed]',
    );
  });

  test('the reason never holds the pattern, which may be the secret itself', () => {
    expect(findPatterns('the launch code', { type: 'patterns', patterns: ['launch code'] })?.reason).toBe(
      'the pattern',
    );
  });

  test('case counts where it is told to', () => {
    expect(findPatterns('acme', { type: 'patterns', patterns: ['ACME'], case_sensitive: true })).toBeUndefined();
  });

  test.each(['(a+)+$', '(a|aa)+$', '(.*a){25}'])('a pattern that hangs others takes no time: %s', (pattern) => {
    const start = performance.now();
    findPatterns(`${'a'.repeat(20_000)}!`, { type: 'patterns', patterns: [pattern] });
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('findOverlength', () => {
  test('a text that fits is left alone', () => {
    expect(findOverlength('abc', 3)).toBeUndefined();
  });

  test('what is cut fits, and halves no character', () => {
    for (let characters = 0; characters < 30; characters += 1) {
      const text = '😀'.repeat(20);
      const cut = redacted(text, findOverlength(text, characters)?.passages ?? []);
      expect(cut.length).toBeLessThanOrEqual(characters);
      expect(cut.isWellFormed()).toBe(true);
    }
  });
});

import { describe, expect, test } from '@jest/globals';
import { PII_KINDS } from '@troupe/contracts';
import { findPii } from './find-pii.js';
import { redacted } from './finding.js';

function withoutPii(text: string): string {
  const finding = findPii(text, PII_KINDS);
  return finding ? redacted(text, finding.passages) : text;
}

describe('findPii', () => {
  test.each([
    ['Write to jane.doe+x@mail.example.co.uk.', 'Write to [email address removed].'],
    ['jürgen@müller.example', '[email address removed]'],
    ['Card 4111-1111-1111-1111, thanks', 'Card [card number removed], thanks'],
    ['378282246310005', '[card number removed]'],
    ['IBAN DE89 3704 0044 0532 0130 00 please', 'IBAN [IBAN removed] please'],
    ['to GB82WEST12345698765432.', 'to [IBAN removed].'],
    ['from 192.168.10.4 and 2001:db8::ff00:42:8329', 'from [IP address removed] and [IP address removed]'],
    ['SSN 123-45-6789', 'SSN [social security number removed]'],
    ['call +44 20 7946 0958 or (415) 555-0132', 'call [phone number removed] or [phone number removed]'],
  ])('%s', (text, expected) => {
    expect(withoutPii(text)).toBe(expected);
  });

  test.each([
    '4111 1111 1111 1112',
    'GB82 WEST 1234 5698 7654 33',
    'version 1.2.3.400',
    'at 10:30:45 on 2026-03-01',
    'order 20260301-000123, 3 of 4',
    'std::vector and a::b',
    'user@localhost',
    '1,234,567.89 or 1.234.567',
  ])('%s is none of it', (text) => {
    expect(withoutPii(text)).toBe(text);
  });

  test('only the kinds that are asked for', () => {
    expect(findPii('a@b.example and 4111111111111111', ['email'])?.reason).toBe('email address');
  });

  test.each(['1', 'a', '1 ', 'a.', 'a@', ':', '+1-'])('no text takes long: %j again and again', (piece) => {
    const text = piece.repeat(100_000);
    const start = performance.now();
    findPii(text, PII_KINDS);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

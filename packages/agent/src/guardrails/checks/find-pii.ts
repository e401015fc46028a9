import type { PiiKind } from '@troupe/contracts';
import type { Finding, Passage } from './finding.js';

interface PiiPattern {
  /** For people: "email address". */
  label: string;
  /** Repetitions are bounded, so that no text takes long. */
  pattern: RegExp;
  /** What the pattern alone cannot tell. */
  isOne?(match: string): boolean;
}

const PATTERNS: Record<PiiKind, PiiPattern> = {
  email: {
    label: 'email address',
    pattern: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{2,63}){1,8}/gu,
  },
  credit_card: {
    label: 'card number',
    pattern: /(?<![\d-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\d-])/g,
    isOne: (match) => hasLuhnDigit(match.replaceAll(/\D/g, '')),
  },
  iban: {
    label: 'IBAN',
    pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/gi,
    isOne: (match) => hasIbanRemainder(match.replaceAll(' ', '').toUpperCase()),
  },
  ip_address: {
    label: 'IP address',
    pattern: /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[\da-f]{1,4})?(?::[\da-f]{0,4}){2,7})(?![\w:]|\.\d)/gi,
    isOne: isIpAddress,
  },
  us_ssn: {
    label: 'social security number',
    pattern: /(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g,
  },
  phone: {
    label: 'phone number',
    pattern: /(?<![\w.@-])(?:\+|00)?(?:\(\d{1,4}\)|\d{1,4})(?:[ ./-]{0,2}(?:\(\d{1,4}\)|\d{2,4})){2,6}(?![\w-]|\.\d)/g,
    isOne: isPhone,
  },
};

/** Personal data of the kinds that are asked for. Kinds that can be told for sure win over phone numbers. */
export function findPii(text: string, kinds: readonly PiiKind[]): Finding | undefined {
  const passages: Passage[] = [];
  const labels = new Set<string>();
  for (const kind of orderOf(kinds)) {
    const { label, pattern, isOne = () => true } = PATTERNS[kind];
    for (const match of text.matchAll(pattern)) {
      const passage = { start: match.index, end: match.index + match[0].length, replacement: `[${label} removed]` };
      if (!isOne(match[0]) || passages.some((other) => other.start < passage.end && passage.start < other.end))
        continue;
      passages.push(passage);
      labels.add(label);
    }
  }
  return passages.length === 0 ? undefined : { reason: [...labels].join(', '), passages };
}

function orderOf(kinds: readonly PiiKind[]): PiiKind[] {
  return (Object.keys(PATTERNS) as PiiKind[]).filter((kind) => kinds.includes(kind));
}

/** The check digit of card numbers (ISO/IEC 7812-1). */
function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits.at(-1 - index));
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return digits.length >= 13 && digits.length <= 19 && sum % 10 === 0;
}

/** The check digits of account numbers (ISO 13616): the rearranged number leaves 1 when divided by 97. */
function hasIbanRemainder(iban: string): boolean {
  if (iban.length < 15 || iban.length > 34) return false;
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

function isIpAddress(match: string): boolean {
  if (match.includes('.')) return match.split('.').every((part) => Number(part) <= 255);
  return /[\da-f]{2}/i.test(match) && URL.canParse(`http://[${match}]`);
}

/** Digits alone are any number, and four, two and two of them with dashes are a date. */
function isPhone(match: string): boolean {
  const digits = match.replaceAll(/\D/g, '').length;
  if (/^\d{4}([./-])\d{2}\1\d{2}$/.test(match) || /^\d{1,2}([./-])\d{1,2}\1\d{4}$/.test(match)) return false;
  if (/^(?:\+|00)/.test(match)) return digits >= 8 && digits <= 17;
  return digits >= 9 && digits <= 13 && /\d[ ./()-]+\d/.test(match) && !/^\d{1,3}(?:\.\d{3})+$/.test(match);
}

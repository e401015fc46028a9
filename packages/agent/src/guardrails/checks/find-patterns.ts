import type { PatternsCheck } from '@troupe/contracts';
import { RE2JS } from 're2js';
import type { Finding, Passage } from './finding.js';

/** Compiling takes longer than matching, and a server reads an agent anew for every turn. */
const MAX_COMPILED = 1_000;
const compiled = new Map<string, RE2JS>();

/** A compiled pattern. @throws what is wrong with its syntax */
export function compilePattern(pattern: string, caseSensitive = false): RE2JS {
  const key = `${caseSensitive ? 's' : 'i'}${pattern}`;
  const known = compiled.get(key);
  if (known) return known;
  const made = RE2JS.compile(pattern, caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(key, made);
  return made;
}

/** Every place where one of the patterns matches. RE2 takes time in proportion to the text, whatever the pattern. */
export function findPatterns(text: string, { patterns, case_sensitive }: PatternsCheck): Finding | undefined {
  const passages: Passage[] = [];
  const places: number[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const before = passages.length;
    const matcher = compilePattern(pattern, case_sensitive).matcher(text);
    while (matcher.find()) {
      const [start, end] = [matcher.start(), matcher.end()];
      if (end > start) passages.push({ start, end, replacement: '[removed]' });
    }
    if (passages.length > before) places.push(index + 1);
  }
  if (passages.length === 0) return undefined;
  const which = `${places.length === 1 ? 'pattern' : 'patterns'} ${places.join(', ')}`;
  return { reason: patterns.length === 1 ? 'the pattern' : which, passages };
}

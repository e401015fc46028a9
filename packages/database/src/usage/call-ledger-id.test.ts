import { describe, expect, test } from '@jest/globals';
import { isId, newId } from '@troupe/contracts';
import { callLedgerId } from './call-ledger-id.js';

describe('callLedgerId', () => {
  test('is the same for one attempt and another for every other', () => {
    const [run, other] = [newId(), newId()];
    expect(callLedgerId(run, 1)).toBe(callLedgerId(run, 1));
    expect(
      new Set([callLedgerId(run, 1), callLedgerId(run, 2), callLedgerId(run, 11), callLedgerId(other, 1)]).size,
    ).toBe(4);
  });

  test('is another for every call of an attempt; that of the first is the one it always was', () => {
    const run = '01a1fdbd-127c-76f6-bd34-c60b7a6b8495';
    expect(callLedgerId(run, 1, 1)).toBe(callLedgerId(run, 1));
    expect(callLedgerId(run, 1)).toBe('01a1fdbd-127c-8b0b-ac06-94ad97592b11');
    expect(
      new Set([callLedgerId(run, 1), callLedgerId(run, 1, 2), callLedgerId(run, 11), callLedgerId(run, 1, 12)]).size,
    ).toBe(4);
  });

  test('is a UUID that sorts by the time of its owner', () => {
    const run = newId();
    expect(isId(callLedgerId(run, 3))).toBe(true);
    expect(callLedgerId(run, 3).slice(0, 13)).toBe(run.slice(0, 13));
  });
});

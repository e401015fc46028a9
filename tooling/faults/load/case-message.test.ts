import { describe, expect, test } from '@jest/globals';
import { Random } from '../random.js';
import { answerOf, messageOf, readMessage } from './case-message.js';
import { drawCase } from './case-request.js';

describe('the message of a case', () => {
  test('says everything that the provider has to know', () => {
    const random = new Random(1);
    for (let number = 0; number < 200; number += 1) {
      const { plan } = drawCase(`r1-2-${number}`, random);
      expect(readMessage(messageOf(plan))).toEqual(plan);
    }
  });

  test('is not found in a text that quotes it', () => {
    const quoted = `user: ${messageOf({ id: 'a', rounds: [], tokens: 3, paceMs: 0 })}`;
    expect(readMessage(quoted)).toBeUndefined();
  });

  test('has an answer of its own', () => {
    const plan = { rounds: [], tokens: 5, paceMs: 0 };
    expect(answerOf({ ...plan, id: 'a' })).not.toEqual(answerOf({ ...plan, id: 'b' }));
    expect(answerOf({ ...plan, id: 'a' }).split(' ')).toHaveLength(6);
  });
});

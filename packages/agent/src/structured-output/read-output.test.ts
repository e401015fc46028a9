import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { outputFormat } from './output-format.js';
import { readOutput } from './read-output.js';

const city = outputFormat(z.object({ city: z.string() }));
const bern = { valid: true, value: { city: 'Bern' } };

describe('readOutput', () => {
  test.each([
    ['bare', '{"city":"Bern"}'],
    ['in a fence, with words around it', 'Sure!\n```json\n{"city": "Bern"}\n```\nThat is it [1].'],
    ['after a draft that is not valid', 'Perhaps {"town":"Bern"}. Better: {"city":"Bern"}'],
    ['before other JSON', '{"city":"Bern"}\nI did not use {"a": 1} and [1,2].'],
  ])('reads JSON %s', async (_, text) => {
    expect(await readOutput(city, text)).toEqual(bern);
  });

  test('of two valid answers the last one counts', async () => {
    expect(await readOutput(city, '{"city":"Basel"} No, it is {"city":"Bern"}')).toEqual(bern);
  });

  test.each([
    ['no JSON', 'I do not know.', 'there is no JSON in the answer'],
    ['nothing at all', '', 'there is no JSON in the answer'],
    ['JSON that is cut off', '{"city":"Bern"} or rather {"city":"Ba', 'the JSON ends before it is complete'],
    ['malformed JSON', '{"city": Bern}', 'the JSON is malformed'],
    ['another value', '{"city": 3034}', '"city": Invalid input: expected string, received number'],
  ])('says what is wrong with %s', async (_, text, error) => {
    expect(await readOutput(city, text)).toEqual({ valid: false, errors: [expect.stringContaining(error)] });
  });

  test('takes a number or a word where that is the whole text', async () => {
    expect(await readOutput(outputFormat(z.int()), ' 42\n')).toEqual({ valid: true, value: 42 });
    expect(await readOutput(outputFormat(z.int()), 'It is 42.')).toMatchObject({ valid: false });
  });
});

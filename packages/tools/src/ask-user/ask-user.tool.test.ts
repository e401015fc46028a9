import { expect, test } from '@jest/globals';
import { toolContext } from '../testing/tool-context.js';
import { askUser } from './ask-user.tool.js';

test('is a question, with options or a schema where the answer has to be more than a text', () => {
  expect(askUser).toMatchObject({
    asksUser: true,
    effect: 'read',
    parameters: {
      required: ['question'],
      properties: { question: { type: 'string' }, options: { type: 'array' }, response_schema: { type: 'object' } },
    },
  });
});

test('is not run where nobody asks people', async () => {
  await expect(askUser.execute({ question: 'How many?' }, toolContext())).rejects.toThrow(/Nobody is here/);
});

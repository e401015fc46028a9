import type { Tool } from '@troupe/spec';
import { z } from 'zod';
import { defineTool } from '../define-tool.js';

/** Never run: whoever runs the agent asks a person, and gives the answer as the result. */
export const askUser: Tool = {
  ...defineTool({
    name: 'ask_user',
    description:
      'Asks the person you work for a question and waits for the answer, which may take hours. Use it only for what you ' +
      'cannot find out yourself and cannot go on without: a missing fact, or a choice that is not yours to make. Ask one ' +
      'thing at a time.',
    parameters: z.object({
      question: z.string().min(1).max(4_000).describe('The question, complete in itself'),
      options: z
        .array(z.string().min(1).max(500))
        .min(1)
        .max(50)
        .optional()
        .describe('The answers to choose from, where there are only these'),
      response_schema: z
        .looseObject({})
        .optional()
        .describe('JSON Schema of the answer, where it has to be more than a text'),
    }),
    effect: 'read',
    execute: () => {
      throw new Error('Nobody is here to answer a question.');
    },
  }),
  asksUser: true,
  // The person's own words.
  trusted: true,
};

// Typed functions, as Marvin has them in Python: a support desk that sorts, reads and answers its mail.
// Run it with `OPENAI_API_KEY=... node examples/functions/support-desk.ts`.
import { aiFunctions, type ChatModel, getProvider } from 'troupe';
import { z } from 'zod';

enum Team {
  Billing = 'billing',
  Shipping = 'shipping',
  Technical = 'technical',
}

const order = z.object({
  number: z.string().describe('The number of the order, as the customer writes it'),
  product: z.string().nullable(),
  daysLate: z.int().min(0).nullable(),
});

export async function workOn(mail: string, model: ChatModel) {
  const { classify, extract, cast, generate, fn } = aiFunctions({ model });

  // One label of an enum, and any number of labels of a list.
  const team = await classify(mail, Team);
  const moods = await classify(mail, ['angry', 'polite', 'in a hurry'], { multi: true });

  // Data with the words that say it: quotes that do not occur in the mail are refused.
  const { value, evidence } = await extract(mail, order, { evidence: true });

  // Anything in the form of a schema.
  const replyBefore = await cast('within two working days', z.object({ hours: z.int().positive() }));

  // Different ones, as many as you like.
  const subjects = await generate(z.string().max(60), 3, { instructions: `Subjects for an answer about ${team}.` });

  // A function of your own.
  const answer = fn({
    description: 'Writes a short answer to a customer, by the facts that it is given.',
    input: z.object({ order, tone: z.enum(['plain', 'warm']).default('warm') }),
    output: z.object({ subject: z.string(), body: z.string().max(600) }),
  });
  const { subject, body } = await answer({ order: value });

  return { team, moods, order: value, evidence, replyBefore, subjects, subject, body };
}

if (import.meta.main) {
  const model = getProvider('openai', { apiKey: process.env.OPENAI_API_KEY, model: 'gpt-4.1-mini' });
  console.log(await workOn('Where is order A-17? The lamp should have come a week ago! Please hurry.', model));
}

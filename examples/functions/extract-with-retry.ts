// Extraction that is validated and corrected, as Instructor does it in Python: what the model gets wrong goes back to it.
// Run it with `OPENAI_API_KEY=... node examples/functions/extract-with-retry.ts`.
import { aiFunctions, type ChatModel, getProvider, TroupeError } from 'troupe';
import { z } from 'zod';

const invoice = z
  .object({
    items: z.array(z.object({ name: z.string(), price: z.number() })).min(1),
    total: z.number(),
  })
  .refine(({ items, total }) => Math.abs(items.reduce((sum, item) => sum + item.price, 0) - total) < 0.005, {
    message: 'must be the sum of the prices',
    path: ['total'],
  });

export async function readInvoice(text: string, model: ChatModel): Promise<z.output<typeof invoice> | undefined> {
  const { extract } = aiFunctions({ model, outputRetries: 1 });
  try {
    return await extract(text, invoice);
  } catch (error) {
    if (!(error instanceof TroupeError) || error.code !== 'output_invalid') throw error;
    console.error('The model could not do it:', error.details);
    return undefined;
  }
}

if (import.meta.main) {
  const model = getProvider('openai', { apiKey: process.env.OPENAI_API_KEY, model: 'gpt-4.1-mini' });
  console.log(await readInvoice('Two lamps at 20.25 each. Please pay 40.50.', model));
}

import { Agent, type RunContext, tool } from 'troupe';
import { z } from 'zod';

interface Bank {
  customerId: number;
  balanceOf(customer: number, includePending: boolean): Promise<number>;
}

const customerBalance = tool({
  name: 'customer_balance',
  description: 'Tells the balance of the customer who is asking, in euros.',
  parameters: z.object({ include_pending: z.boolean().default(false) }),
  effect: 'read',
  execute: async ({ include_pending }, { deps, signal, idempotencyKey, progress }: RunContext<Bank>) => {
    progress({ asking: 'the ledger', key: idempotencyKey });
    signal.throwIfAborted();
    return deps.balanceOf(deps.customerId, include_pending);
  },
});

const agent = new Agent<Bank>({
  role: 'You support the customers of a bank.',
  provider: 'openai',
  apiKey: process.env.OPENAI_API_KEY,
  baseUrl: process.env.OPENAI_BASE_URL,
  tools: [customerBalance], // an agent of other dependencies would not take it: a type error
});

const answer = await agent.chat('What is my balance?', {
  userId: 'customer-123',
  deps: { customerId: 123, balanceOf: async () => 123.45 },
  onProgress: ({ name }) => console.log(`${name} is at work`),
});
console.log(answer);

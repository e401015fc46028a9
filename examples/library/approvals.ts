import { Agent, tool } from 'troupe';
import { z } from 'zod';

const refund = tool({
  name: 'refund_payment',
  description: 'Pays an amount back to the customer.',
  parameters: z.object({ euros: z.number().positive() }),
  needsApproval: ({ euros }) => euros > 50,
  execute: ({ euros }) => `paid back ${euros} euros`,
});

const agent = new Agent({
  role: 'You support the customers of a shop.',
  provider: 'openai',
  apiKey: process.env.OPENAI_API_KEY,
  baseUrl: process.env.OPENAI_BASE_URL,
  tools: [refund],
  // Ask a person here. Without `approve` such calls are refused.
  approve: async ({ name, arguments: args }) => {
    console.log('asked:', name, args);
    return { approved: false, message: 'Offer a voucher instead.' };
  },
});

console.log(await agent.chat('I want my 80 euros back.'));

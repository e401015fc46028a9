import { Agent, loadAgent, ToolRegistry, tool } from 'troupe';
import { z } from 'zod';

const refundPayment = tool({
  name: 'refund_payment',
  description: 'Pays a guest back.',
  parameters: z.object({ euros: z.number().positive() }),
  effect: 'effect',
  execute: ({ euros }) => `${euros} euros were paid back.`,
});

const agent = new Agent({
  configuration: await loadAgent(new URL('./cashier.yaml', import.meta.url)),
  registry: new ToolRegistry([refundPayment]),
  provider: 'openai',
  apiKey: process.env.OPENAI_API_KEY,
  baseUrl: process.env.OPENAI_BASE_URL,
  approve: async ({ name, question }) => {
    console.log(name, question);
    return { approved: true };
  },
});

console.log(await agent.chat('I paid 40 and 20 euros for a room that I did not get.'));

// The bank support agent of PydanticAI: tools with typed dependencies, and an answer that is a validated object.
// Run it with `OPENAI_API_KEY=... node examples/systems/pydantic-ai-bank-support.ts`.
import { Agent, type RunContext, tool } from 'troupe';
import { z } from 'zod';

/** What the tools work with. A test hands in another one. */
interface SupportDependencies {
  customerId: number;
  bank: {
    nameOf(customer: number): Promise<string>;
    balanceOf(customer: number, includePending: boolean): Promise<number>;
  };
}

const supportOutput = z.object({
  support_advice: z.string().describe('Advice returned to the customer'),
  block_card: z.boolean().describe("Whether to block the customer's card"),
  risk: z.int().min(0).max(10).describe('Risk level of query'),
});

const customerName = tool({
  name: 'customer_name',
  description: "Returns the customer's name.",
  parameters: z.object({}),
  effect: 'read',
  execute: (_, { deps }: RunContext<SupportDependencies>) => deps.bank.nameOf(deps.customerId),
});

const customerBalance = tool({
  name: 'customer_balance',
  description: "Returns the customer's current account balance.",
  parameters: z.object({ include_pending: z.boolean() }),
  effect: 'read',
  execute: ({ include_pending }, { deps }: RunContext<SupportDependencies>) =>
    deps.bank.balanceOf(deps.customerId, include_pending),
});

const supportAgent = new Agent<SupportDependencies>({
  role: 'You are a support agent for a bank. Give the customer support, and judge the risk of their query.',
  provider: 'openai',
  apiKey: process.env.OPENAI_API_KEY,
  baseUrl: process.env.OPENAI_BASE_URL,
  model: 'gpt-4.1-mini',
  tools: [customerName, customerBalance],
});

const deps: SupportDependencies = {
  customerId: 123,
  bank: { nameOf: async () => 'John', balanceOf: async (_, includePending) => (includePending ? 123.45 : 100) },
};

const balance = await supportAgent.object('What is my balance?', { schema: supportOutput, deps });
console.log(balance.support_advice);

const stolen = await supportAgent.object('I think my card was stolen!', { schema: supportOutput, deps });
console.log(stolen.block_card ? 'card blocked' : 'card open', `risk ${stolen.risk}`);

import { Agent, getMemoryStrategy } from 'troupe';

const strategies = [
  getMemoryStrategy('last_n', { n: 20 }),
  getMemoryStrategy('first_last', { first: 2, last: 10 }),
  getMemoryStrategy('token_window', { maxTokens: 100_000 }),
  getMemoryStrategy('summary_window', { last: 30 }), // and a summary of what was before
];

for (const memory of strategies) {
  const agent = new Agent({ role: 'You help.', provider: 'demo', memory });
  console.log(memory.type, (await agent.chat('Hello!')).length > 0);
}

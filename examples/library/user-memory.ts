import { Agent, getProvider, InMemoryUserMemoryStore, UserMemoryExtractor } from 'troupe';

const memory = new InMemoryUserMemoryStore(); // or that of connectPostgres

await memory.set('user_123', { key: 'timezone', value: 'Europe/London' });
await memory.set('user_123', { key: 'style', value: 'concise', category: 'preferences' });
console.log((await memory.get('user_123', 'timezone'))?.value);

// Finds facts in every answer's conversation. A small model will do.
const openai = { apiKey: process.env.OPENAI_API_KEY, baseUrl: process.env.OPENAI_BASE_URL };
const small = getProvider('openai', { ...openai, model: 'gpt-4.1-mini' });
const extractor = new UserMemoryExtractor({ model: small, memory });

const agent = new Agent({
  role: 'You help.',
  model: getProvider('openai', { ...openai, model: 'gpt-4.1' }),
  stores: { memory },
  extractor,
  userId: 'user_123',
});
console.log(await agent.chat('I am Phil, by the way.'));
await agent.settled();

for (const { key, value } of await memory.list('user_123')) console.log(`${key}: ${value}`);
await memory.forget('user_123', 'name');

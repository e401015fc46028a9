import { Agent, getProvider, getRateLimiter } from 'troupe';

// Made once and given to all agents that use it: they share its limits and what it learns of its provider's troubles.
const model = getProvider('openai', {
  apiKey: process.env.OPENAI_API_KEY,
  baseUrl: process.env.OPENAI_BASE_URL,
  model: 'gpt-4.1',
  fallbackModels: [
    'gpt-4.1-mini',
    getProvider('anthropic', { apiKey: process.env.ANTHROPIC_API_KEY, baseUrl: process.env.ANTHROPIC_BASE_URL }),
    getProvider('ollama', { model: 'llama3.1' }),
  ],
  limiter: getRateLimiter('openai', 'gpt-4.1', { rpm: 500, tpm: 30_000 }),
  retries: 1,
  maxWaitMs: 20_000,
});

const agents = ['You write.', 'You edit.'].map((role) => new Agent({ role, model }));
console.log(await Promise.all(agents.map((agent) => agent.chat('Hello!'))));

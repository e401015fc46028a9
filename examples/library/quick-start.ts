import { Agent } from 'troupe';

const agent = new Agent({
  name: 'Assistant',
  role: 'You help users with their questions.',
  provider: 'openai',
  apiKey: process.env.OPENAI_API_KEY,
  baseUrl: process.env.OPENAI_BASE_URL, // only for a server of your own
  model: 'gpt-4.1-mini',
});

console.log(await agent.chat('Hello!'));
console.log(await agent.chat('Tell me more.')); // the same thread

agent.newThread();
console.log(await agent.chat('Something else.'));

console.log(agent.systemPrompt);

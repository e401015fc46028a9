import { Agent } from 'troupe';

const agent = new Agent({
  role: 'You tell short stories.',
  provider: 'anthropic',
  apiKey: process.env.ANTHROPIC_API_KEY,
  baseUrl: process.env.ANTHROPIC_BASE_URL,
});

for await (const chunk of agent.stream('Tell me a story.')) process.stdout.write(chunk);

// With everything that happened on the way, and an end to it after a minute.
const { stopReason, usage } = await agent.run('Another one.', {
  signal: AbortSignal.timeout(60_000),
  onEvent: ({ type }) => console.log(type),
});
console.log(stopReason, usage.total_tokens);

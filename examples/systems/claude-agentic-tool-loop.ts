// The agentic tool loop of the Claude SDK: the model calls tools, as many as it likes at once, until it has what it needs.
// Run it with `ANTHROPIC_API_KEY=... node examples/systems/claude-agentic-tool-loop.ts`.
import { Agent, tool } from 'troupe';
import { z } from 'zod';

const getWeather = tool({
  name: 'get_weather',
  description: 'Get the current weather in a given location',
  parameters: z.object({
    location: z.string().describe('The city and state, e.g. San Francisco, CA'),
    unit: z.enum(['celsius', 'fahrenheit']).default('celsius'),
  }),
  effect: 'read', // may be called again when its answer was lost
  execute: ({ location, unit }) => ({ location, temperature: unit === 'celsius' ? 15 : 59, sky: 'mostly cloudy' }),
});

const agent = new Agent({
  role: 'You answer questions about the weather. Compare places only by what the tool says.',
  provider: 'anthropic',
  apiKey: process.env.ANTHROPIC_API_KEY,
  baseUrl: process.env.ANTHROPIC_BASE_URL,
  model: 'claude-sonnet-4-20250514',
  modelSettings: { max_tokens: 4096, prompt_cache: '5m' }, // prompt, tools and thread so far are cached
  tools: [getWeather, 'calculate'],
  maxTurns: 8, // the loop ends here, whatever the model wants
});

const { text, stopReason, usage } = await agent.run(
  'Is it warmer in San Francisco or in Oakland? Answer in Fahrenheit.',
  {
    onEvent: (event) => {
      if (event.type === 'step.started') console.log(`step ${event.data.step}`);
      if (event.type === 'tool_call.requested') console.log(`  calls ${event.data.name}`, event.data.arguments);
      if (event.type === 'tool_call.completed') console.log(`  ${event.data.name} ${event.data.status}`);
    },
  },
);
console.log(text);
console.log(stopReason, `${usage.input_tokens} tokens in, ${usage.output_tokens} out`);

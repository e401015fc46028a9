import { Agent, tool } from 'troupe';
import { z } from 'zod';

const getWeather = tool({
  name: 'get_weather',
  description: 'Tells the weather of a city now.',
  parameters: z.object({ city: z.string().describe('Name of the city') }),
  effect: 'read', // may be repeated; an `effect`, the default, never is
  timeoutMs: 5_000,
  execute: ({ city }) => `Sunny in ${city}, 22 °C`,
});

const agent = new Agent({
  role: 'You help with weather and mathematics.',
  provider: 'openai',
  apiKey: process.env.OPENAI_API_KEY,
  baseUrl: process.env.OPENAI_BASE_URL,
  tools: [getWeather, 'calculate'], // one of your own, and one that ships with Troupe
});

console.log(await agent.chat('How is the weather in London?'));

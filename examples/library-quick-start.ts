// An agent in one process: no server, no database.
// Run it with `OPENAI_API_KEY=... node examples/library-quick-start.ts`.
import { Agent, tool } from 'troupe';
import { z } from 'zod';

const rollDice = tool({
  name: 'roll_dice',
  description: 'Rolls dice and answers with what each shows. Use it for every roll: you cannot roll dice yourself.',
  parameters: z.object({
    count: z.int().min(1).max(20).describe('How many dice'),
    sides: z.int().min(2).max(100).describe('How many sides each has'),
  }),
  effect: 'read',
  execute: ({ count, sides }) => Array.from({ length: count }, () => 1 + Math.floor(Math.random() * sides)),
});

const agent = new Agent({
  name: 'Dungeon Master',
  role: 'You lead a short Dungeons & Dragons adventure for one player.',
  provider: 'openai',
  apiKey: process.env.OPENAI_API_KEY,
  baseUrl: process.env.OPENAI_BASE_URL,
  model: 'gpt-4.1-mini',
  tools: [rollDice, 'calculate'],
});

console.log(await agent.chat('I am Mira, a halfling rogue. I try to pick the lock of the old lighthouse.'));

// The same thread: the agent knows who Mira is.
for await (const chunk of agent.stream('What do I see inside?')) process.stdout.write(chunk);
process.stdout.write('\n');

agent.newThread();
console.log(agent.systemPrompt);

import { Agent, tool } from 'troupe';
import { z } from 'zod';

const findTable = tool({
  name: 'find_table',
  description: 'Finds a free table for so many people.',
  parameters: z.object({ people: z.int() }),
  execute: ({ people }) => (people > 6 ? 'none' : 'table 4'),
});

const book = tool({
  name: 'book_table',
  description: 'Books a table.',
  parameters: z.object({ table: z.string() }),
  execute: ({ table }) => `${table} is yours at eight.`,
});

const agent = new Agent({
  role: 'You book tables.',
  provider: 'openai',
  apiKey: process.env.OPENAI_API_KEY,
  baseUrl: process.env.OPENAI_BASE_URL,
  tools: [findTable, book],
  // One message may take so much, all its model calls together.
  limits: { max_requests: 5, max_total_tokens: 20_000 },
  // What this tool says is the answer: no model is asked again.
  stopOnTools: ['book_table'],
});

// The first turn has to look; what a message asks for holds for that message.
const booked = await agent.run('A table for two', { toolChoice: { tool: 'find_table' } });
console.log(booked.stopReason, booked.text);

// The last request that is permitted has no tools, so that there is an answer.
const asked = await agent.run('And one for ten?', { limits: { max_requests: 2 } });
console.log(asked.stopReason, asked.text);

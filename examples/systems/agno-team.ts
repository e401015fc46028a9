// A team of agents, as in Agno: researchers who work at once and an editor who makes one answer of theirs, then a leader who
// asks whom it needs. Run it with `OPENAI_API_KEY=... node examples/systems/agno-team.ts`.
import { Agent, getProvider, parallel, roundRobin, router, supervisor, Team, tool } from 'troupe';
import { z } from 'zod';

const model = {
  provider: 'openai',
  apiKey: process.env.OPENAI_API_KEY,
  baseUrl: process.env.OPENAI_BASE_URL,
  model: 'gpt-4.1-mini',
} as const;

const stockPrice = tool({
  name: 'stock_price',
  description: 'The price of a share in US dollars.',
  parameters: z.object({ symbol: z.string() }),
  effect: 'read',
  execute: ({ symbol }) => ({ symbol, price: 181.5 }),
});

const finance = new Agent({
  ...model,
  name: 'Finance Agent',
  description: 'Knows prices of shares.',
  role: 'You look up prices. Never guess one.',
  tools: [stockPrice],
});
const web = new Agent({ ...model, name: 'Web Agent', description: 'Knows the news.', role: 'You tell the news.' });
const editor = new Agent({ ...model, name: 'Editor', role: 'You make one short report of what others found.' });

// Everybody works on the same question at once.
const newsroom = new Team({ name: 'Newsroom', members: [finance, web], strategy: parallel({ merge: editor }) });
const report = await newsroom.run('How is NVDA doing?', {
  onEvent: (event) => {
    if (event.type === 'subrun.completed') console.log(`${event.data.agent}: ${event.data.status}`);
  },
});
console.log(report.text, `(${report.usage.total_tokens} tokens)`);

// One member for each message, chosen by a model; all of them know the whole conversation.
const desk = new Team({
  name: 'Desk',
  members: [finance, web],
  strategy: router({ model: getProvider('openai', model) }),
});
const { text, agent } = await desk.run('What does a share of NVDA cost?');
console.log(`${agent}: ${text}`);

// A leader who calls the others like tools, and teams too.
const office = new Team({
  name: 'Office',
  members: [web, newsroom],
  strategy: supervisor(
    (tools) => new Agent({ ...model, name: 'Leader', role: 'You answer with what others find.', tools }),
  ),
});
console.log(await office.chat('Write me a line on NVDA.'));

// One after the other, each after it has read the ones before.
const review = new Team({ name: 'Review', members: [web, editor], strategy: roundRobin() });
console.log(await review.chat('What is new?'));

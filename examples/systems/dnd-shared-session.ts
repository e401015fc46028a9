// The D&D agents that share a session: three specialists on one thread, each with everything that was said before.
// Run it with `OPENAI_API_KEY=... node examples/systems/dnd-shared-session.ts`.
// On a server it is the same with `POST /api/agents/{agent}/run` and one `session_id`.
import { AgentRunner, getProvider, InMemoryAgentStore, InMemoryThreadStore, personas } from 'troupe';

const [threads, agents] = [new InMemoryThreadStore(), new InMemoryAgentStore()];

const assistant = personas.find(({ slug }) => slug === 'dnd-assistant');
if (!assistant) throw new Error('The persona ships with Troupe.');
await agents.create(assistant.slug, assistant.configuration);
await agents.create('character-creator', {
  name: 'Character Creator',
  definition: { role: 'You create characters that fit the campaign.', constraints: ['Take up what was established.'] },
});
await agents.create('world-builder', {
  name: 'World Builder',
  definition: { role: 'You describe the places of the campaign.', constraints: ['Take up what was established.'] },
});

const runner = new AgentRunner({
  threads,
  agents,
  provider: getProvider('openai', {
    apiKey: process.env.OPENAI_API_KEY,
    baseUrl: process.env.OPENAI_BASE_URL,
    model: 'gpt-4.1-mini',
  }),
});

const session = await threads.create({ userId: 'user123', title: 'D&D Campaign Planning Session' });
const ask = (agent: string, message: string) => ({ agent, message, threadId: session.id, userId: 'user123' });

const setting = await runner.run(ask('dnd-assistant', 'Help me create a fantasy campaign setting'));
console.log(setting.text);
const hero = await runner.run(ask('character-creator', 'Who could be its hero?'));
console.log(hero.text);
for await (const chunk of runner.stream(ask('world-builder', 'Tell me about the geography of this world'))) {
  process.stdout.write(chunk);
}
process.stdout.write('\n');

for (const { role, agent } of await threads.messages(session.id)) console.log(agent ?? role);
await runner.settled();

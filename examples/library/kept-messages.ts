import { readFile, writeFile } from 'node:fs/promises';
import { Agent } from 'troupe';

const agent = new Agent({ role: 'You help.', provider: 'demo' });
await agent.chat('My name is Mira.');

const file = new URL('./conversation.json', import.meta.url);
await writeFile(file, JSON.stringify(agent.messages));

// Later, in another process.
const again = new Agent({ role: 'You help.', provider: 'demo' });
again.newThread(JSON.parse(await readFile(file, 'utf8')));
console.log(await again.chat('What is my name?'));

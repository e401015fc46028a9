import { Agent } from 'troupe';
import { connectPostgres } from 'troupe/postgres';

const stores = await connectPostgres({ connectionString: process.env.DATABASE_URL ?? '', migrate: true });

const agent = new Agent({ role: 'You help.', provider: 'demo', stores, userId: 'user_123' });
await agent.chat('My name is Mira.');

// Later, in another process.
const again = new Agent({ role: 'You help.', provider: 'demo', stores, userId: 'user_123' });
await again.loadThread(agent.threadId);
console.log(await again.chat('What is my name?'));

await again.settled(); // summaries and facts that are still being made
await stores.close();

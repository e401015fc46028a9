import { Agent, InMemoryThreadStore } from 'troupe';

const threads = new InMemoryThreadStore();
const agent = new Agent({ role: 'You help.', provider: 'demo', stores: { threads }, userId: 'user_123' });

await agent.chat('Plan the project.');
await agent.chat('And its budget?');
const { threadId } = agent;

// Archive
await threads.archive(threadId);
console.log((await threads.list({ userId: 'user_123', archived: true })).length);
await threads.unarchive(threadId);

// Fork: a thread of its own with the same messages, all of them or up to one.
const copy = await threads.fork(threadId, { title: 'Copy' });
const [question, answer] = await threads.messages(threadId);
const branch = await threads.fork(threadId, { fromMessageId: answer?.id });
console.log(copy.message_count, branch.message_count);

// Stats
const { message_count, forked_from } = await threads.stats(branch.id);
console.log(message_count, forked_from === threadId);

// Search: messages that hold all words, newest first.
const found = await threads.search('project', { userId: 'user_123' });
console.log(found.some(({ message_id }) => message_id === question?.id));

// Somebody else's thread is not there.
console.log(await threads.get(threadId, { userId: 'user_456' }).catch((error) => error.code));

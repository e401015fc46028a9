import { Agent, TroupeError } from 'troupe';

const agent = new Agent({
  role: 'You help.',
  model: 'openai/gpt-4.1-mini', // provider and model in one
  apiKey: 'no such key',
  baseUrl: process.env.OPENAI_BASE_URL,
});

try {
  console.log(await agent.chat('Hello!'));
} catch (error) {
  if (!(error instanceof TroupeError)) throw error; // such as the reason of a signal that was aborted
  console.log(error.code, error.retryable); // what programs decide by
  console.log(error.message); // what people read: what happened, and what to do about it
}

// Triage with handoffs and a homework guardrail, as in the OpenAI Agents SDK: one agent finds out who should answer, and
// hands the conversation over. Run it with `OPENAI_API_KEY=... node examples/systems/openai-triage-handoffs.ts`.
import { Agent, type AgentGuardrail, handoff } from 'troupe';
import { z } from 'zod';

const model = {
  provider: 'openai',
  apiKey: process.env.OPENAI_API_KEY,
  baseUrl: process.env.OPENAI_BASE_URL,
  model: 'gpt-4.1-mini',
} as const;

const historyTutor = new Agent({
  ...model,
  name: 'History Tutor',
  description: 'Specialist for historical questions',
  role: 'You help with historical questions. Explain important events and their context.',
});

const mathTutor = new Agent({
  ...model,
  name: 'Math Tutor',
  description: 'Specialist for math questions',
  role: 'You help with math problems. Explain your reasoning at each step.',
});

// A guardrail that asks an agent of its own. Until it has decided, nothing of an answer is shown.
const homeworkChecker = new Agent({
  ...model,
  name: 'Homework Checker',
  role: 'You find out if it is about homework.',
});
const homework: AgentGuardrail = {
  name: 'homework',
  on: ['input'],
  mode: 'parallel',
  message: 'I only help with homework.',
  check: async ({ text }, { signal }) => {
    homeworkChecker.newThread();
    const schema = z.object({ is_homework: z.boolean(), reasoning: z.string() });
    const { is_homework } = await homeworkChecker.object(text, { schema, signal });
    return is_homework ? { action: 'allow' } : { action: 'block', reason: 'not about homework' };
  },
};

const triage = new Agent({
  ...model,
  name: 'Triage Agent',
  role: "You determine which agent to use based on the user's homework question.",
  guardrails: [homework],
  handoffs: [
    historyTutor,
    // More to say about a handoff: what the model sends along, and what is done when it happens.
    handoff(mathTutor, {
      inputType: z.object({ topic: z.string() }),
      onHandoff: ({ topic }) => console.log(`(math, about ${topic})`),
      inputFilter: 'last_message',
    }),
  ],
});

async function ask(question: string): Promise<void> {
  const { text, agent } = await triage.run(question);
  console.log(`${agent}: ${text}`);
}

await ask('Who was the first president of the United States?');
triage.newThread(); // otherwise the history tutor would go on
await ask('What is 235 * 17?');
await ask('And 236 * 17?'); // the thread remembers who speaks; guardrails are those of the agent that does
triage.newThread();
await ask('What is the meaning of life?');

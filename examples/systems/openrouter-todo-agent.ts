// The stateless to-do agent on OpenRouter: whoever takes a request reads the conversation from a store and writes it back.
// Run it with `OPENROUTER_API_KEY=... node examples/systems/openrouter-todo-agent.ts`.
import { AgentRunner, getProvider, InMemoryThreadStore, tool } from 'troupe';
import { z } from 'zod';

// In production: `connectPostgres` of troupe/postgres.
const threads = new InMemoryThreadStore();
const tasks = new Map<number, { id: number; title: string; completed: boolean }>([
  [1, { id: 1, title: 'Walk the dog', completed: false }],
]);

const addTodoTask = tool({
  name: 'add_todo_task',
  description: 'Add a new todo task',
  parameters: z.object({ title: z.string(), description: z.string().optional() }),
  execute: ({ title }) => {
    const task = { id: tasks.size + 1, title, completed: false };
    tasks.set(task.id, task);
    return { success: true, task_id: task.id };
  },
});

const getTodoTasks = tool({
  name: 'get_todo_tasks',
  description: 'Get all todo tasks of the current user',
  parameters: z.object({}),
  effect: 'read',
  execute: () => [...tasks.values()],
});

// A powerful model, a fast one where it cannot answer, and one that is open.
const provider = getProvider('openrouter', {
  apiKey: process.env.OPENROUTER_API_KEY,
  baseUrl: process.env.OPENROUTER_BASE_URL,
  model: 'openai/gpt-4o',
  fallbackModels: ['google/gemini-2.0-flash', 'mistralai/mistral-7b-instruct'],
});

const todoAgent = {
  name: 'Todo Assistant',
  definition: {
    role: 'You are a helpful assistant for managing todo tasks.',
    constraints: ['Use the available tools to add, update, and manage tasks.', 'Confirm what you changed.'],
  },
  model_settings: { temperature: 0.7, max_tokens: 1000 },
};

/** One request, as any process of an application could take it. */
async function interact(message: string, userId: string, threadId?: string) {
  const runner = new AgentRunner({ threads, provider, tools: [addTodoTask, getTodoTasks] });
  const thread = threadId ?? (await threads.create({ userId })).id;
  const { text } = await runner.run({ agent: todoAgent, threadId: thread, message, userId });
  return { response: text, conversation_id: thread };
}

const first = await interact('Add a new task: Buy groceries', 'user_123');
console.log(first.response);
const second = await interact('What did I ask you to add?', 'user_123', first.conversation_id);
console.log(second.response);
console.log([...tasks.values()].map(({ title }) => title));

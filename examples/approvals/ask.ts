// An agent that may keep a list, but asks before it writes: `API_KEY=… node examples/approvals/ask.ts`.
// Its run waits in the database. Restart the server if you like, then run decide.ts.
const { BASE_URL = 'http://127.0.0.1:3000', API_KEY = '' } = process.env;

const send = (method: string, path: string, body?: unknown) =>
  fetch(`${BASE_URL}${path}`, {
    method,
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

// Made once; 409 says that it is there already.
await send('POST', '/api/agents', {
  slug: 'careful-clerk',
  name: 'Careful clerk',
  definition: { role: 'You keep the to-do list of the person you talk with.' },
  tools: ['get_todo_tasks', 'add_todo_task'],
  approvals: [{ tools: ['add_todo_task'], ask: 'May this be written down?', expires_in_seconds: 86_400 }],
});

const response = await send('POST', '/api/llm/interact', {
  persona_id: 'careful-clerk',
  user_id: 'ada',
  message: 'Please remind me to call the bank.',
});
const { run_id, status, approvals } = (await response.json()) as Waiting;
console.log(response.status, status, run_id);
for (const { id, question, name, arguments: args } of approvals ?? []) console.log(id, question, name, args);

interface Waiting {
  run_id: string;
  status: string;
  approvals?: { id: string; question: string; name: string; arguments: unknown }[];
}

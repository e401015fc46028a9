// Approves what waits for a person, and shows how the runs end: `API_KEY=… node examples/approvals/decide.ts`.
const { BASE_URL = 'http://127.0.0.1:3000', API_KEY = '' } = process.env;

async function send<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${BASE_URL}${path}`, {
    method,
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer;
}

const inbox = await send<Inbox>('GET', '/api/approvals?state=pending&agent=careful-clerk');
for (const { id, run_id } of inbox.data) {
  const decided = await send<{ state: string }>('POST', `/api/approvals/${id}`, {
    decision: 'approve',
    arguments: { title: 'Call the bank before noon' },
    decided_by: 'ada@example.com',
  });
  console.log(decided.state);

  let result = await send<Result>('GET', `/api/runs/${run_id}`);
  while (result.run.status !== 'completed') {
    await new Promise((resolve) => setTimeout(resolve, 100));
    result = await send<Result>('GET', `/api/runs/${run_id}`);
  }
  console.log(result.response);
}

interface Inbox {
  data: { id: string; run_id: string }[];
}

interface Result {
  run: { status: string };
  response: string | null;
}

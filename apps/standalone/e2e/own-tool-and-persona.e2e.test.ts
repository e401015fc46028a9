import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { freePort } from './free-port.js';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(120_000);

const EXAMPLE = join(import.meta.dirname, '../../../examples/add-a-tool');
const read = (file: string) => readFileSync(join(EXAMPLE, file), 'utf8');
const guide = (name: string) => readFileSync(join(import.meta.dirname, `../../../docs/guides/${name}.md`), 'utf8');

let folder: string;
let tool: ChildProcess;
const told: string[] = [];
let server: TestServer;

beforeAll(async () => {
  const port = await freePort();
  folder = mkdtempSync(join(tmpdir(), 'troupe-own-tool-'));
  const toolsFile = join(folder, 'tools.json');
  writeFileSync(toolsFile, read('tools.json').replace('4100', String(port)));
  tool = spawn(process.execPath, [join(EXAMPLE, 'opening-hours.ts')], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (!tool.stdout) throw new Error('The output of the tool is not piped.');
  const lines = createInterface({ input: tool.stdout });
  await new Promise<void>((resolve) => {
    lines.on('line', (line) => (line === 'ready' ? resolve() : told.push(line)));
  });
  server = await startTestServer({ env: { TROUPE_TOOLS_FILE: toolsFile } });
});

afterAll(async () => {
  await server?.stop();
  tool?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const send = async (method: string, path: string, body?: unknown) => {
  const response = await server.send(method, path, body === undefined ? {} : { body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

test('the guides show the files of the example', () => {
  expect(guide('add-a-tool')).toContain(`\`\`\`json\n${read('tools.json')}\`\`\``);
  expect(guide('add-a-persona')).toContain(`\`\`\`json\n${read('town-guide.json')}\`\`\``);
});

test('a persona of your own is made by one request and answers with a tool of your own', async () => {
  const made = await send('POST', '/api/agents', JSON.parse(read('town-guide.json')));
  expect(made).toMatchObject({ status: 201, body: { slug: 'town-guide', version: 1 } });
  expect(made.body.system_prompt).toContain('small town by the sea');

  server.simulator.script(
    { toolCalls: [{ name: 'opening_hours', arguments: { place: 'Pool' } }] },
    { text: 'Until nine tonight.' },
  );
  const asked = { message: 'Is the pool open?', user_id: 'ada', persona_id: 'town-guide' };
  const answer = await send('POST', '/api/llm/interact', asked);
  expect(answer).toMatchObject({ status: 200, body: { response: 'Until nine tonight.' } });
  const [first, second] = server.simulator.requests.map(({ request }) => request);
  expect(first?.tools.map(({ name }) => name)).toEqual(['opening_hours', 'current_time']);
  expect(second?.messages.at(-1)?.text).toBe('7:00 to 21:00');
  expect(told).toEqual([expect.stringMatching(/^opening_hours .*Pool.* for ada$/)]);
});

test('a change makes a version, and a tool that is not there is refused with near ones', async () => {
  const tools = ['opening_hours', 'current_time'];
  expect(await send('PATCH', '/api/agents/town-guide', { tools })).toMatchObject({ status: 200, body: { version: 2 } });
  const refused = await send('PATCH', '/api/agents/town-guide', { tools: ['opening_hour'] });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(JSON.stringify(refused.body)).toContain('opening_hours');
});

test('a copy of a persona that ships is changed without it', async () => {
  const copy = { persona_id: 'cherry', slug: 'our-cherry' };
  expect(await send('POST', '/api/agents', copy)).toMatchObject({ status: 201 });
  expect(await send('PATCH', '/api/agents/our-cherry', { max_turns: 4 })).toMatchObject({ body: { max_turns: 4 } });
  expect(await send('GET', '/api/agents/cherry')).toMatchObject({ body: { version: 1 } });
});

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Guardrail, JsonSchema } from '@troupe/contracts';
import { answer, callTools } from '@troupe/testing';
import { Stage } from '../llm-worker.test-stage.js';
import { Company } from './other-agents.test-company.js';

jest.setTimeout(90_000);

let stage: Stage;
let company: Company;

beforeEach(async () => {
  stage = await Stage.open();
  company = new Company(stage);
});

afterEach(() => stage.close());

const emails = (on: Guardrail['on'], action: 'block' | 'redact'): Guardrail => ({
  name: 'emails',
  on,
  action,
  check: { type: 'pii', kinds: ['email'] },
});
const input_schema: JsonSchema = { type: 'object', properties: { note: { type: 'string' } }, required: ['note'] };
const transfer = callTools([{ name: 'transfer_to_tutor', arguments: { note: 'Write to ann@example.com.' } }]);

async function handOver(guardrails: { first?: Guardrail[]; tutor?: Guardrail[] }) {
  await company.hire('first', [transfer, answer('I stay.')], {
    handoffs: [{ agent: 'tutor', input_schema }],
    guardrails: guardrails.first,
  });
  await company.hire('tutor', [answer('Hello.')], { guardrails: guardrails.tutor });
  const { runId, threadId } = await company.ask('first', 'Hi');
  await stage.startWorker({ models: company.models });
  const run = await stage.ended(runId);
  const kept = await stage.sql('SELECT content, withheld FROM messages WHERE thread_id = $1', [threadId]);
  const shown = company.model('tutor').requests.map(({ messages }) => messages);
  return { run, runId, kept: JSON.stringify(kept), shown: JSON.stringify(shown) };
}

test('guardrails of calls look at what an agent sends along when it hands over', async () => {
  const { run, runId, kept, shown } = await handOver({ first: [emails(['tool_input'], 'redact')] });
  expect([run.agent, run.status]).toEqual(['tutor', 'completed']);
  expect(shown).toContain('Write to [email address removed].');
  expect(JSON.stringify([kept, await stage.events(runId)])).not.toContain('ann@');
});

test('what they refuse is not handed over, and the agent goes on', async () => {
  const { run, runId, kept } = await handOver({ first: [emails(['tool_input'], 'block')] });
  expect([run.agent, run.status]).toEqual(['first', 'completed']);
  expect((await stage.result(runId)).response).toBe('I stay.');
  expect(JSON.stringify([kept, await stage.events(runId)])).not.toContain('ann@');
});

test('it is input of the agent that takes over, whose guardrails look at it before it is read', async () => {
  const changed = await handOver({ tutor: [emails(['input'], 'redact')] });
  expect(changed.shown).toContain('Write to [email address removed].');
  expect(changed.kept).not.toContain('ann@');
  expect(changed.kept).toContain('"guardrail":"emails"');
});

test('what they block ends the run', async () => {
  const { run, kept, shown } = await handOver({ tutor: [emails(['input'], 'block')] });
  expect(run).toMatchObject({ status: 'completed', stop_reason: 'guardrail', agent: 'tutor' });
  expect(shown).toBe('[]');
  expect(kept).not.toContain('ann@');
});

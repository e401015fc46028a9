import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { listMessages } from '@troupe/database';
import { answer, callTools, type ScriptedTurn } from '@troupe/testing';
import { Stage } from '../llm-worker.test-stage.js';
import { Company } from './other-agents.test-company.js';

let stage: Stage;
let company: Company;

beforeEach(async () => {
  stage = await Stage.open();
  company = new Company(stage);
});

afterEach(() => stage.close());

const transfer = (to: string, input: Record<string, string> = {}): ScriptedTurn =>
  callTools([{ name: `transfer_to_${to}`, arguments: input }]);

async function play(runId: string) {
  await stage.startWorker({ models: company.models });
  return stage.ended(runId);
}

const reason = { type: 'object', properties: { reason: { type: 'string' } }, required: ['reason'] };

describe('a handoff on the server', () => {
  test('another agent answers, with its prompt, model and tools, and the thread remembers it', async () => {
    await company.hire('triage', [transfer('math_tutor', { reason: 'sums' })], {
      tools: ['calculate'],
      handoffs: [{ agent: 'math-tutor', input_schema: reason }],
    });
    await company.hire('math-tutor', [answer('4.'), answer('9.')], { description: 'Knows sums.' });
    const { runId, threadId } = await company.ask('triage', 'What is 2 + 2?');
    const run = await play(runId);
    expect(run).toMatchObject({
      status: 'completed',
      agent: 'math-tutor',
      agent_version: 1,
      model: 'scripted/math-tutor',
    });

    const [first] = company.model('triage').requests;
    expect(first?.tools?.map(({ name }) => name)).toEqual(['calculate', 'transfer_to_math_tutor']);
    expect(first?.tools?.[1]).toMatchObject({
      description: 'Hands the conversation over to Agent math-tutor, who answers from then on. Knows sums.',
      parameters: reason,
    });
    const [second] = company.model('math-tutor').requests;
    expect(second?.system).toContain('You are math-tutor.');
    expect(second?.tools).toBeUndefined();
    expect(second?.messages.at(-1)?.content).toMatchObject([
      { status: 'completed', content: expect.stringContaining('You are Agent math-tutor now') },
    ]);

    const messages = await listMessages(
      stage.database,
      { tenantId: stage.tenantId, threadId },
      { cursor: null, limit: 9, order: 'asc' },
    );
    expect(messages.map(({ role, agent }) => [role, agent])).toEqual([
      ['user', null],
      ['assistant', 'triage'],
      ['tool', 'triage'],
      ['assistant', 'math-tutor'],
    ]);
    const ledger = await stage.sql('SELECT agent FROM usage_ledger WHERE run_id = $1 ORDER BY attempt', [runId]);
    expect(ledger).toEqual([{ agent: 'triage' }, { agent: 'math-tutor' }]);
    expect((await stage.events(runId)).map(({ type }) => type)).toEqual([
      'run.queued',
      'run.started',
      'step.started',
      'usage.recorded',
      'message.completed',
      'tool_call.requested',
      'tool_call.completed',
      'handoff.occurred',
      'step.started',
      'text.delta',
      'usage.recorded',
      'message.completed',
      'run.completed',
    ]);
    const occurred = (await stage.events(runId)).find(({ type }) => type === 'handoff.occurred');
    expect(occurred?.data).toMatchObject({
      from: 'triage',
      to: 'math-tutor',
      model: 'scripted/math-tutor',
      input: { reason: 'sums' },
    });

    const next = await company.ask(null, 'And 3 * 3?', { threadId });
    expect(await stage.ended(next.runId)).toMatchObject({ status: 'completed', agent: 'math-tutor' });
    expect(company.model('triage').requests).toHaveLength(1);
  });

  test('what the new agent is shown stays so in its later turns and runs', async () => {
    await company.hire('triage', [answer('Hello.'), transfer('tutor')], {
      handoffs: [{ agent: 'tutor', history: 'last_message' }],
    });
    const look = callTools([{ name: 'calculate', arguments: {} }]);
    await company.hire('tutor', [look, answer('4.'), answer('6.')], { tools: ['calculate'] });
    const { runId, threadId } = await company.ask('triage', 'Hi');
    await play(runId);
    const { runId: second } = await company.ask('triage', '2 + 2?', { threadId });
    expect(await stage.ended(second)).toMatchObject({ status: 'completed', agent: 'tutor' });
    const { runId: third } = await company.ask(null, '3 + 3?', { threadId });
    await stage.ended(third);
    const [turn, later, laterRun] = company
      .model('tutor')
      .requests.map(({ messages }) => messages.map(({ role }) => role));
    expect(turn).toEqual(['user', 'assistant', 'tool']);
    expect(later).toEqual([...(turn ?? []), 'assistant', 'tool']);
    expect(laterRun).toEqual([...(later ?? []), 'assistant', 'user']);
  });

  test('a model that the request named stays', async () => {
    await company.hire('named', [transfer('tutor'), answer('4.')]);
    await company.hire('triage', [], { handoffs: [{ agent: 'tutor' }] });
    await company.hire('tutor', []);
    const { runId } = await company.ask('triage', '2 + 2?', { model: 'scripted/named' });
    expect(await play(runId)).toMatchObject({ status: 'completed', agent: 'tutor', model: 'scripted/named' });
  });

  test('agents in a circle come to an end at the turn limit of the most patient', async () => {
    const round = Array.from({ length: 4 }, () => [transfer('b'), transfer('a_2')]).flat();
    await company.hire(
      'a-2',
      round.filter((_, index) => index % 2 === 0),
      { max_turns: 3, handoffs: [{ agent: 'b' }] },
    );
    await company.hire(
      'b',
      round.filter((_, index) => index % 2 === 1),
      { max_turns: 6, handoffs: [{ agent: 'a-2' }] },
    );
    const { runId } = await company.ask('a-2', 'Go!');
    expect(await play(runId)).toMatchObject({ status: 'completed', stop_reason: 'max_turns' });
    const requests = [...company.model('a-2').requests, ...company.model('b').requests];
    expect(requests).toHaveLength(6);
    expect(requests.filter(({ toolChoice }) => toolChoice === 'none')).toHaveLength(1);
  });

  test('an agent that was deleted before the turn is not offered', async () => {
    await company.hire('triage', [transfer('tutor'), answer('I will do it.')], {
      handoffs: [{ agent: 'tutor' }, { agent: 'tutors' }],
    });
    const id = await company.hire('tutor', []);
    await company.hire('tutors', []);
    await stage.sql('UPDATE agents SET deleted_at = now() WHERE id = $1', [id]);
    const { runId } = await company.ask('triage', '2 + 2?');
    expect(await play(runId)).toMatchObject({ status: 'completed', agent: 'triage' });
    const [first, second] = company.model('triage').requests;
    expect(first?.tools?.map(({ name }) => name)).toEqual(['transfer_to_tutors']);
    expect(second?.messages.at(-1)?.content).toMatchObject([
      { status: 'failed', content: 'Error: There is no tool "transfer_to_tutor". Did you mean transfer_to_tutors?' },
    ]);
  });

  test('an agent that is deleted while the model speaks does not take over, and the model is told', async () => {
    const spoken = Promise.withResolvers<void>();
    const id = await company.hire('tutor', []);
    await company.hire('tutors', []);
    await company.hire('triage', [transfer('tutor'), answer('I will do it.')], {
      handoffs: [{ agent: 'tutor' }, { agent: 'tutors' }],
    });
    const model = company.model('triage');
    const stream = model.stream.bind(model);
    let turns = 0;
    model.stream = async function* (request, options) {
      turns += 1;
      if (turns === 1) {
        await stage.sql('UPDATE agents SET deleted_at = now() WHERE id = $1', [id]);
        spoken.resolve();
      }
      yield* stream(request, options);
    };
    const { runId } = await company.ask('triage', '2 + 2?');
    const run = await play(runId);
    await spoken.promise;
    expect(run).toMatchObject({ status: 'completed', agent: 'triage' });
    expect(model.requests[1]?.messages.at(-1)?.content).toMatchObject([
      {
        status: 'failed',
        content: 'Error: There is no agent "tutor". Did you mean tutors? It has been deleted.',
      },
    ]);
    expect((await stage.events(runId)).some(({ type }) => type === 'handoff.occurred')).toBe(false);
  });

  test('of two handoffs and a call in one turn the first handoff wins, and every call has its result', async () => {
    await company.hire(
      'triage',
      [
        callTools([
          { name: 'calculate', arguments: { expression: '2+2' } },
          { name: 'transfer_to_b', arguments: {} },
          { name: 'transfer_to_c', arguments: {} },
        ]),
      ],
      { tools: ['calculate'], handoffs: [{ agent: 'b' }, { agent: 'c' }] },
    );
    await company.hire('b', [answer('4.')]);
    await company.hire('c', []);
    const { runId } = await company.ask('triage', '2 + 2?');
    expect(await play(runId)).toMatchObject({ status: 'completed', agent: 'b' });
    expect(company.model('b').requests[0]?.messages.at(-1)?.content).toMatchObject([
      { status: 'failed', content: expect.stringContaining('Not run: the conversation was handed over to Agent b') },
      { status: 'completed' },
      { status: 'failed', content: expect.stringContaining('one turn hands over once') },
    ]);
    expect(await stage.sql('SELECT id FROM tool_calls WHERE run_id = $1', [runId])).toEqual([]);
  });

  test('a cancel during the turn ends the run before the other agent speaks', async () => {
    await company.hire('tutor', []);
    await company.hire('triage', [transfer('tutor')], { handoffs: [{ agent: 'tutor' }] });
    const model = company.model('triage');
    const stream = model.stream.bind(model);
    const { runId } = await company.ask('triage', '2 + 2?');
    model.stream = async function* (request, options) {
      await stage.sql('UPDATE runs SET cancel_requested_at = now() WHERE id = $1', [runId]);
      yield* stream(request, options);
    };
    expect(await play(runId)).toMatchObject({ status: 'cancelled' });
    expect(company.model('tutor').requests).toHaveLength(0);
  });
});

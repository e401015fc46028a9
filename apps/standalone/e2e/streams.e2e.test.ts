import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { TroupeClient } from '@troupe/client';
import { compareEventIds, type InteractRequest, isTerminalEvent, LOG_START, parseEventId } from '@troupe/contracts';
import { follow } from './follow.js';
import { allFrames, type Frame, readFrames } from './read-frames.js';
import { sendTo } from './send-to.js';
import { startTestServer, type TestServer } from './start-test-server.js';

jest.setTimeout(60_000);

/** 25 tokens, one every 40 ms. */
const SLOW = 'openai/sim-tokens-25-pace-40';

describe('streams, from any gateway', () => {
  let server: TestServer;
  let quiet: Promise<Frame[]>;

  beforeAll(async () => {
    server = await startTestServer({ args: ['--split', '--gateways', '2', '--llm-workers', '2'] });
    // Says nothing for longer than a heartbeat; read by the last test.
    quiet = interactFrames({ message: 'Take your time.', model: 'openai/sim-tokens-3-delay-15500' });
  });

  afterAll(() => server.stop());

  const gateway = (index: number) => server.process.gatewayUrls[index] ?? '';
  const events = (index: number, runId: string, headers: Record<string, string> = {}, query = '') =>
    sendTo(gateway(index), 'GET', `/api/runs/${runId}/events${query}`, { key: server.key, headers });

  async function interactFrames(body: InteractRequest): Promise<Frame[]> {
    return allFrames(await server.send('POST', '/api/llm/interact', { body: { ...body, stream: true } }));
  }

  const textOf = (frames: Frame[]) =>
    frames
      .filter(({ event }) => event === 'text.delta')
      .map(({ data }) => (JSON.parse(data ?? '') as { delta: string }).delta)
      .join('');
  /** Events that come live and stored ones may name the members of an object in another order. */
  const parsed = (frames: Frame[]) =>
    frames.map(({ event, id, data }) => ({ event, id, data: JSON.parse(data ?? 'null') as unknown }));
  const dataOf = (frames: Frame[], type: string) =>
    JSON.parse(frames.find(({ event }) => event === type)?.data ?? '{}') as Record<string, string>;

  test('two gateways listen', () => {
    expect(new Set(server.process.gatewayUrls).size).toBe(2);
  });

  test('the text is that of an answer that is waited for, and ids grow strictly to the one terminal event', async () => {
    const frames = await interactFrames({ message: 'The same, please', model: SLOW });
    const waited = await server.client.interact({ message: 'The same, please', model: SLOW });

    expect(textOf(frames)).toBe(waited.response);
    const ids = frames.filter(({ id }) => id !== undefined).map(({ id }) => parseEventId(id ?? '') ?? LOG_START);
    for (const [index, id] of ids.entries()) {
      if (index > 0) expect(compareEventIds(ids[index - 1] ?? LOG_START, id)).toBeLessThan(0);
    }
    const terminal = frames.map(({ event }) => event ?? '').filter(isTerminalEvent);
    expect(terminal).toEqual(['run.completed']);
    expect(frames.at(-1)?.event).toBe('run.completed');
    expect(frames[0]?.event).toBe('run.queued');
    expect((await server.client.runs.get(dataOf(frames, 'run.queued').run_id ?? '')).response).toBe(waited.response);
  });

  test('an event is one line of JSON that repeats nothing', async () => {
    const frames = await interactFrames({ message: 'Short', model: 'openai/sim-tokens-5' });
    const delta = frames.find(({ event }) => event === 'text.delta');

    expect(Object.keys(JSON.parse(delta?.data ?? ''))).toEqual(['delta']);
  });

  test('tokens arrive as they are written, not at the end', async () => {
    const startedAt = performance.now();
    const arrivals: number[] = [];
    const run = await follow(server.client.interactStream({ message: 'Slowly', model: SLOW }), ({ type }) => {
      if (type === 'text.delta') arrivals.push(performance.now() - startedAt);
    });

    const [first = 0, last = 0] = [arrivals[0], arrivals.at(-1)];
    expect(run.status).toBe('completed');
    expect(arrivals.length).toBeGreaterThan(12);
    expect(last - first).toBeGreaterThan(24 * 40 * 0.7);
  });

  test('a reader that lost its connection in the middle goes on at another gateway where it was', async () => {
    const response = await server.send('POST', '/api/llm/interact', {
      body: { message: 'Go on elsewhere', model: SLOW, stream: true },
    });
    const seen: Frame[] = [];
    for await (const frame of readFrames(response)) {
      seen.push(frame);
      if (seen.filter(({ event }) => event === 'text.delta').length >= 8) break;
    }
    const { run_id = '' } = dataOf(seen, 'run.queued');
    expect((await server.client.runs.get(run_id)).run.status).toBe('running');
    const rest = await allFrames(await events(1, run_id, { 'last-event-id': seen.at(-1)?.id ?? '' }));

    const whole = await allFrames(await events(0, run_id));
    expect([...seen, ...rest].map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
    expect(textOf([...seen, ...rest])).toBe((await server.client.runs.get(run_id)).response);
  });

  test('after the end the whole log is there, or what follows an event, or nothing', async () => {
    const run = await server.client.interact({ message: 'Afterwards', model: 'openai/sim-tokens-10' });
    const whole = await allFrames(await events(1, run.run_id));
    const middle = whole[5]?.id ?? '';

    expect(textOf(whole)).toBe(run.response);
    expect(await allFrames(await events(0, run.run_id, { 'last-event-id': middle }))).toEqual(whole.slice(6));
    expect(await allFrames(await events(0, run.run_id, {}, `?after=${middle}`))).toEqual(whole.slice(6));
    expect(await allFrames(await events(0, run.run_id, { 'last-event-id': whole.at(-1)?.id ?? '' }))).toEqual([]);
  });

  test('the log of a long run is read whole', async () => {
    const tokens = 20_000;
    const run = await follow(
      server.client.interactStream({ message: 'At length', model: `openai/sim-tokens-${tokens}` }),
    );
    expect(run.status).toBe('completed');

    const again = await allFrames(await events(1, run.runId));
    expect(again.filter(({ event }) => event === 'text.delta')).toHaveLength(tokens);
    expect(textOf(again)).toBe(run.text);
  });

  test('several readers at several gateways read the same', async () => {
    const accepted = await server.client.interactBackground({ message: 'For everybody', model: SLOW });
    const readers = await Promise.all(
      [0, 1, 0, 1].map(async (index) => allFrames(await events(index, accepted.run_id))),
    );

    const [first, ...others] = readers.map(parsed);
    for (const other of others) expect(other).toEqual(first);
    expect(readers[0]?.at(-1)?.event).toBe('run.completed');
  });

  test('a run in the background answers at once and can be followed', async () => {
    const response = await server.send('POST', '/api/llm/interact', {
      body: { message: 'Later', model: SLOW, background: true },
    });
    expect(response.status).toBe(202);
    const accepted = (await response.json()) as { run_id: string; thread_id: string; status: string };
    expect(accepted).toEqual({ run_id: expect.any(String), thread_id: expect.any(String), status: 'queued' });
    expect(response.headers.get('location')).toBe(`/api/runs/${accepted.run_id}`);
    expect((await server.client.runs.get(accepted.run_id)).run.status).toMatch(/queued|running/);

    const other = new TroupeClient({ baseUrl: gateway(1), apiKey: server.key });
    const run = await follow(other.runs.events(accepted.run_id));
    expect(run).toMatchObject({ status: 'completed', runId: accepted.run_id, threadId: accepted.thread_id });
    const job = await server.send('GET', `/api/jobs/${accepted.run_id}`);
    expect(await job.json()).toMatchObject({ status: 'completed', queue: 'llm', name: 'advance-run' });
  });

  test('who waits at one gateway may send the same request again at the other', async () => {
    const body = { message: 'Once only', model: SLOW };
    const headers = { 'idempotency-key': 'once-only-1' };
    const first = server.send('POST', '/api/llm/interact', { body, headers });
    const answer = (await (await first).json()) as { run_id: string; response: string };
    const again = await sendTo(gateway(1), 'POST', '/api/llm/interact', { key: server.key, body, headers });

    expect(await again.json()).toEqual(answer);
    const other = await server.send('POST', '/api/llm/interact', { body: { ...body, message: 'Other' }, headers });
    expect([other.status, ((await other.json()) as { code: string }).code]).toEqual([422, 'idempotency_key_reused']);
  });

  test('a stream that says nothing is kept open by comments', async () => {
    const frames = await quiet;

    const [, second] = frames.filter(({ event }) => event !== undefined);
    expect(second?.event).toBe('run.started');
    const silence = frames.findIndex(({ comment }) => comment !== undefined);
    expect(silence).toBeGreaterThan(0);
    expect(silence).toBeLessThan(frames.findIndex(({ event }) => event === 'text.delta'));
    expect(frames.at(-1)?.event).toBe('run.completed');
  });
});

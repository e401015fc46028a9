import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { LoadJob } from './load-job.js';
import { runLoad } from './run-load.js';

const expected = ['one', ' two', ' "three"', ' four'];
const closers: (() => Promise<unknown>)[] = [];

afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

async function load(listener: RequestListener, change: Partial<LoadJob> = {}) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return runLoad({
    dialect: 'troupe',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey: 'key',
    model: 'sim-tokens-4',
    stream: true,
    users: 2,
    repliesPerUser: 3,
    spreadMs: 0,
    oneConversation: false,
    toolRound: false,
    expected,
    ...change,
  });
}

const frame = (type: string, data: object) => `event: ${type}\nid: 1-1\ndata: ${JSON.stringify(data)}\n\n`;
const delta = (text: string) => frame('text.delta', { delta: text });
const begin = frame('run.queued', { run_id: 'r', thread_id: 't' });
const end = frame('run.completed', {});

/** Answers every question with this body. */
function says(body: string, type = 'text/event-stream'): RequestListener {
  return (_, response) => response.writeHead(200, { 'content-type': type }).end(body);
}

describe('runLoad', () => {
  test('counts answers, tokens and characters', async () => {
    const result = await load(says(begin + expected.map(delta).join('') + end));
    expect(result).toMatchObject({ replies: 6, tokens: 24, lostTokens: 0, doubledTokens: 0, problems: {} });
    expect(result.totalMs).toHaveLength(6);
    expect(result.tokenCharacters).toBe(6 * expected.map(delta).join('').length);
    expect(result.bodyCharacters).toBe(6 * (begin + expected.map(delta).join('') + end).length);
  });

  test('sees a token that is missing and one that comes twice', async () => {
    const lost = await load(says(begin + expected.slice(1).map(delta).join('') + end));
    expect(lost).toMatchObject({ lostTokens: 6, doubledTokens: 0 });
    const doubled = await load(says(begin + expected.map(delta).join('') + delta(' four') + end));
    expect(doubled).toMatchObject({ lostTokens: 0, doubledTokens: 6 });
  });

  test.each([
    [
      'an HTTP error',
      (_, response) => response.writeHead(429).end('{"code":"too_many"}'),
      'HTTP 429: {"code":"too_many"}',
    ],
    ['a failed run', says(begin + frame('run.failed', { code: 'x' })), 'run.failed: {"code":"x"}'],
    ['a stream without an end', says(begin + expected.map(delta).join('')), 'the stream ended before run.completed'],
    ['a broken connection', (request) => request.socket.destroy(), 'the connection was closed'],
  ] satisfies [string, RequestListener, string][])('%s is a problem and no answer', async (_, listener, problem) => {
    const result = await load(listener, { repliesPerUser: 1 });
    expect(result).toMatchObject({ replies: 0, problems: { [problem]: 2 } });
  });

  test('measures when tokens come, and how late they are', async () => {
    const listener: RequestListener = async (_, response) => {
      response.writeHead(200).write(begin);
      for (const token of expected) {
        await new Promise((resolve) => setTimeout(resolve, 30));
        response.write(delta(token));
      }
      setTimeout(() => response.end(end), 30);
    };
    const result = await load(listener, { users: 1, repliesPerUser: 1, schedule: { firstTokenMs: 0, tokenMs: 30 } });
    expect(result.firstTokenMs[0]).toBeGreaterThan(25);
    expect(result.totalMs[0]).toBeGreaterThan(140);
    expect(result.tailMs[0]).toBeGreaterThan(25);
    expect(result.lateMs).toHaveLength(4);
    expect(Math.min(...result.lateMs)).toBeGreaterThan(20);
  });

  test('goes on with one conversation, and starts a new one otherwise', async () => {
    const bodies: Record<string, unknown>[] = [];
    const listener: RequestListener = async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      bodies.push(JSON.parse(body));
      response.writeHead(200).end(begin + expected.map(delta).join('') + end);
    };
    const { threadId } = await load(listener, { users: 1, repliesPerUser: 2, oneConversation: true });
    expect(threadId).toBe('t');
    await load(listener, { users: 1, repliesPerUser: 2 });
    expect(bodies.map((body) => body.thread_id)).toEqual([undefined, 't', undefined, undefined]);
  });

  test('reads an answer that is not streamed', async () => {
    const body = JSON.stringify({ thread_id: 't', status: 'completed', response: expected.join('') });
    expect(await load(says(body, 'application/json'), { stream: false })).toMatchObject({ replies: 6, lostTokens: 0 });
    const failed = JSON.stringify({ thread_id: 't', status: 'failed', stop_reason: 'poisoned', response: null });
    const result = await load(says(failed, 'application/json'), { stream: false, repliesPerUser: 1 });
    expect(result.problems).toEqual({ 'run failed: poisoned': 2 });
  });

  test('speaks to the reference, each conversation a thread that the asker names', async () => {
    const paths: (string | undefined)[] = [];
    const body = `${expected.map((text) => `data: ${JSON.stringify(text)}\n\n`).join('')}event: end\ndata: {}\n\n`;
    const listener: RequestListener = (request, response) => {
      paths.push(request.url);
      response.writeHead(200).end(body);
    };
    const change = { dialect: 'reference', users: 1, repliesPerUser: 2 } as const;
    expect(await load(listener, change)).toMatchObject({ replies: 2, tokens: 8, lostTokens: 0, problems: {} });
    await load(listener, { ...change, oneConversation: true });
    expect(paths.every((path) => /^\/threads\/[-0-9a-f]{36}\/runs$/.test(path ?? ''))).toBe(true);
    expect(new Set(paths).size).toBe(3);

    const answer = says(JSON.stringify({ response: expected.join('') }), 'application/json');
    expect(await load(answer, { ...change, stream: false })).toMatchObject({ replies: 2, lostTokens: 0, problems: {} });
  });

  test.each([
    ['failed', 'data: "one"\n\nevent: error\ndata: {"error":"x"}\n\n', 'error: {"error":"x"}'],
    ['ended early', 'data: "one"\n\n', 'the stream ended before its last event'],
  ])('an answer of the reference that %s is a problem', async (_, body, problem) => {
    const result = await load(says(body), { dialect: 'reference', repliesPerUser: 1 });
    expect(result).toMatchObject({ replies: 0, problems: { [problem]: 2 } });
  });

  test("speaks to the provider in the provider's dialect", async () => {
    const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
    const body = `${chunk('')}${expected.map(chunk).join('')}data: [DONE]\n\n`;
    expect(await load(says(body), { dialect: 'openai' })).toMatchObject({ replies: 6, tokens: 24, lostTokens: 0 });
  });
});

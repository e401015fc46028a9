import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@troupe/contracts';
import { type GatewayHarness, startGatewayForTest } from '../gateway.test-harness.js';

let gateway: GatewayHarness;
beforeAll(async () => {
  gateway = await startGatewayForTest();
});
afterAll(() => gateway?.stop());

interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Sends bytes as they are and reads until the server closes. */
async function sendBytes(bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  socket.write(bytes);
  return text(socket);
}

async function send(lines: string[], body: string | Buffer = ''): Promise<RawAnswer> {
  const head = `${[...lines, 'connection: close'].join('\r\n')}\r\n\r\n`;
  return answerOf(await sendBytes(Buffer.concat([Buffer.from(head), Buffer.from(body)])));
}

function answerOf(answer: string): RawAnswer {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
  return { status: Number(first.split(' ')[1]), headers: Object.fromEntries(headers), body };
}

function expectProblem({ status, headers, body }: RawAnswer, expected: { status: number; code: string }): void {
  const problem = JSON.parse(body);
  expect({ status, code: problem.code }).toEqual(expected);
  expect(problem.status).toBe(status);
  expect(headers['content-type']).toContain('application/problem+json');
  expect(headers['x-request-id']).toBe(problem.request_id);
}

const key = () => `authorization: Bearer ${gateway.key}`;

describe('what does not become a request', () => {
  test.each([
    ['bytes of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n', 400, 'invalid_request'],
    ['a header without a colon', 'GET /livez HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n', 400, 'invalid_request'],
    ['a method that nobody knows', 'FETCH /livez HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'invalid_request'],
    [
      'two lengths',
      'POST /api/chats HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}',
      400,
      'invalid_request',
    ],
    [
      'a broken chunk',
      'POST /api/chats HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n',
      400,
      'invalid_request',
    ],
    [
      'headers of 20 KB',
      `GET /livez HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ])('%s is answered as a problem', async (_case, bytes, status, code) => {
    expectProblem(answerOf(await sendBytes(bytes)), { status, code });
  });

  test('is not answered in the middle of another answer', async () => {
    gateway.worker.pause();
    const body = { message: 'Hello', background: true };
    const { run_id } = (await (await gateway.call('POST', '/api/llm/interact', { body })).json()) as { run_id: string };
    const { hostname, port } = new URL(gateway.url);
    const socket = connect({ host: hostname, port: Number(port) });
    const read = text(socket);
    socket.write(`GET /api/runs/${run_id}/events HTTP/1.1\r\nhost: x\r\n${key()}\r\n\r\n`);
    await once(socket, 'readable').catch(() => undefined);
    socket.write('this is no request\r\n\r\n');
    const stream = await read.catch(String);
    expect(stream).not.toContain('urn:troupe:error');
    gateway.worker.resume();
  });
});

describe('what the framework refuses by itself', () => {
  test.each([
    ['a bad percent sign', '/api/agents/%zz'],
    ['bytes that are no UTF-8', '/api/agents/%ff'],
    ['a part of 501 characters', `/api/agents/${'x'.repeat(501)}`],
  ])('%s in the address', async (_case, path) => {
    expectProblem(await send([`GET ${path} HTTP/1.1`, 'host: x', key()]), { status: 400, code: 'invalid_request' });
  });

  test('to clients of OpenAI in their shape', async () => {
    const { status, body } = await send(['GET /v1/models/%zz HTTP/1.1', 'host: x', key()]);
    expect([status, JSON.parse(body)]).toMatchObject([400, { error: { type: 'invalid_request_error' } }]);
  });

  test.each(['/docs/../../../etc/passwd', '/docs/..%2f..%2fetc%2fpasswd', '/docs/nothing'])(
    '%s is not there',
    async (path) => {
      expectProblem(await send([`GET ${path} HTTP/1.1`, 'host: x']), { status: 404, code: 'not_found' });
    },
  );

  test('a request of HTTP/1.1 without Host', async () => {
    const refused = await send(['GET /livez HTTP/1.1']);
    expectProblem(refused, { status: 400, code: 'invalid_request' });
    expect(JSON.parse(refused.body)).toMatchObject({ errors: [{ field: 'Host' }] });
    expect((await send(['GET /livez HTTP/1.0'])).status).toBe(200);
  });

  test('an unknown expectation is none', async () => {
    expect((await send(['GET /livez HTTP/1.1', 'host: x', 'expect: magic'])).status).toBe(200);
  });
});

describe('a body', () => {
  const post = (headers: string[], body: string | Buffer, line = 'POST /api/chats HTTP/1.1') =>
    send([line, 'host: x', key(), `content-length: ${Buffer.byteLength(body)}`, ...headers], body);
  const JSON_TYPE = 'content-type: application/json';

  test.each([
    ['of text', ['content-type: text/plain'], '{"title": "One"}'],
    ['of a form', ['content-type: application/x-www-form-urlencoded'], 'title=One'],
    ['without a type', [], '{"title": "One"}'],
    ['that is compressed', [JSON_TYPE, 'content-encoding: gzip'], '{"title": "One"}'],
  ])('%s is refused', async (_case, headers, body) => {
    expectProblem(await post(headers, body), { status: 415, code: 'unsupported_media_type' });
  });

  test('that is not UTF-8 is refused, and not stored as something else', async () => {
    const latin1 = Buffer.from('{"title": "caf\u00e9"}', 'latin1');
    expectProblem(await post([JSON_TYPE], latin1), { status: 400, code: 'malformed_json' });
  });

  test('that is missing where something has to be said', async () => {
    const refused = await post([JSON_TYPE], '', 'POST /api/llm/interact HTTP/1.1');
    expectProblem(refused, { status: 400, code: 'malformed_json' });
    expect((await post([JSON_TYPE], '')).status).toBe(201);
  });

  test.each(['POST', 'DELETE'])('that is not there may have a type: %s', async (method) => {
    const path = method === 'POST' ? `/api/runs/${newId()}/cancel` : `/api/threads/${newId()}`;
    expect((await post([JSON_TYPE], '', `${method} ${path} HTTP/1.1`)).status).toBe(404);
  });
});

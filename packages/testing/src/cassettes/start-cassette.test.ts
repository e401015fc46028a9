import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { OpenAI } from 'openai';
import { CassetteMissError } from './cassette-miss.js';
import type { CassetteOptions } from './cassette-options.js';
import { type Cassette, startCassette } from './start-cassette.js';

let folder: string;
let file: string;
let upstream: string;
let server: Server;
let requests: { url: string; body: string }[];
let listener: RequestListener;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-'));
  file = join(folder, 'deep', 'test.cassette.yaml');
  requests = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      requests.push({ url: request.url ?? '', body });
      listener(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  upstream = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  listener = (_request, response) => void response.end(`answer ${requests.length}`);
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const start = (options: Partial<CassetteOptions> = {}) => startCassette({ file, upstream, ...options });

/** Uses a cassette and closes it, whatever happens. */
async function using<T>(options: Partial<CassetteOptions>, use: (cassette: Cassette) => Promise<T>): Promise<T> {
  const cassette = await start(options);
  try {
    return await use(cassette);
  } finally {
    await cassette.close();
  }
}

const post = (cassette: Cassette, body: unknown, path = '/chat') =>
  fetch(cassette.url + path, { method: 'POST', body: JSON.stringify(body) });

const textOf = async (sent: Promise<Response>) => (await sent).text();

describe('modes', () => {
  const ask = (mode: CassetteOptions['mode'], ...bodies: unknown[]) =>
    using({ mode }, async (cassette) => {
      const answers: string[] = [];
      for (const body of bodies) answers.push(await textOf(post(cassette, body)));
      return answers;
    });

  test('none asks nobody, and says so when there is no file', async () => {
    await expect(start()).rejects.toThrow(/no cassette .*Record it with mode "once"/);
    await ask('once', 1);
    expect(await ask('none', 1)).toEqual(['answer 1']);
    expect(requests).toHaveLength(1);
  });

  test('once records while the file is absent and is none from then on', async () => {
    expect(await ask('once', 1, 2)).toEqual(['answer 1', 'answer 2']);
    expect(await ask('once', 2, 1)).toEqual(['answer 2', 'answer 1']);
    await expect(ask('once', 3)).rejects.toThrow(CassetteMissError);
    expect(requests).toHaveLength(2);
  });

  test('new replays what is there and records the rest behind it', async () => {
    await ask('once', 1);
    expect(await ask('new', 1, 2)).toEqual(['answer 1', 'answer 2']);
    expect(await ask('none', 2, 1)).toEqual(['answer 2', 'answer 1']);
    expect(requests).toHaveLength(2);
  });

  test('all records everything anew, and nothing of what was there stays', async () => {
    await ask('once', 1, 2);
    expect(await ask('all', 1)).toEqual(['answer 3']);
    expect(await ask('none', 1)).toEqual(['answer 3']);
    await expect(ask('none', 2)).rejects.toThrow(CassetteMissError);
  });

  test('a file in which nothing was recorded is left as it is', async () => {
    await ask('once', 1);
    const before = await readFile(file, 'utf8');
    await ask('all');
    await ask('new', 1);
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  test('a provider that cannot be reached is said, and nothing is recorded', async () => {
    server.close();
    server.closeAllConnections();
    await using({ mode: 'all' }, async (cassette) => {
      const answer = await post(cassette, 1);
      expect(answer.status).toBe(502);
      expect(await answer.text()).toContain('ECONNREFUSED');
      expect(cassette.recorded).toBe(0);
    });
    await expect(start()).rejects.toThrow('There is no cassette');
  });

  test('a file that is no cassette is refused with the place', async () => {
    await ask('once', 1);
    await writeFile(file, (await readFile(file, 'utf8')).replace('status: 200', 'status: fine'));
    await expect(start()).rejects.toThrow(/exchanges\[0\]\.response\.status/);
    await writeFile(file, 'a: [');
    await expect(start()).rejects.toThrow('is no YAML');
  });
});

describe('matching', () => {
  test('the order of keys and of parameters is no difference; method, path, parameters and values are', async () => {
    await using({ mode: 'once' }, (cassette) =>
      textOf(post(cassette, { a: 1, b: { c: [1, 2], d: null } }, '/x?p=1&q=2')),
    );
    const same = await using({}, (cassette) =>
      textOf(post(cassette, { b: { d: null, c: [1, 2] }, a: 1 }, '/x?q=2&p=1')),
    );
    expect(same).toBe('answer 1');
    const others: [unknown, string][] = [
      [{ a: 1, b: { c: [2, 1], d: null } }, '/x?p=1&q=2'],
      [{ a: 1, b: { c: [1, 2] } }, '/x?p=1&q=2'],
      [{ a: '1', b: { c: [1, 2], d: null } }, '/x?p=1&q=2'],
      [{ a: 1, b: { c: [1, 2], d: null } }, '/x?p=1'],
      [{ a: 1, b: { c: [1, 2], d: null } }, '/y?p=1&q=2'],
    ];
    for (const [body, path] of others) {
      const cassette = await start();
      expect((await post(cassette, body, path)).status).toBe(422);
      await expect(cassette.close()).rejects.toThrow(CassetteMissError);
    }
  });

  test('fields, parameters below the ignored ones may differ', async () => {
    const options = { ignoreBody: ['metadata.trace', 'messages[*].id'], ignoreQuery: ['now'] };
    const body = (id: number) => ({
      metadata: { trace: { id } },
      messages: [
        { id, text: 'a' },
        { id, text: 'b' },
      ],
    });
    await using({ ...options, mode: 'once' }, (cassette) => textOf(post(cassette, body(1), '/x?now=1')));
    expect(await using(options, (cassette) => textOf(post(cassette, body(2), '/x?now=2')))).toBe('answer 1');
    await expect(using({ ignoreQuery: ['now'] }, (cassette) => post(cassette, body(2), '/x'))).rejects.toThrow(
      /body\.metadata\.trace\.id: recorded 1, sent 2\n {2}body\.messages\[0\]\.id/,
    );
  });

  test('headers count only where that is asked for', async () => {
    const get = (cassette: Cassette, version: string) => fetch(cassette.url, { headers: { 'X-Version': version } });
    const options = { matchHeaders: ['x-version'] };
    await using({ ...options, mode: 'once' }, (cassette) => textOf(get(cassette, 'a')));
    expect(await using(options, (cassette) => textOf(get(cassette, 'a')))).toBe('answer 1');
    await expect(using(options, (cassette) => get(cassette, 'b'))).rejects.toThrow(
      'header x-version: recorded "a", sent "b"',
    );
  });

  test('texts, bytes and forms match, whatever boundary the client has made up', async () => {
    const form = () => {
      const parts = new FormData();
      parts.set('file', new Blob(['one\ntwo']), 'lines.jsonl');
      return parts;
    };
    const bodies = () => [new URLSearchParams({ a: 'b' }), Buffer.from([0xff, 0x00, 0xc3]), form()];
    const ask = (mode: CassetteOptions['mode']) =>
      using({ mode }, async (cassette) => {
        for (const body of bodies()) await textOf(fetch(cassette.url, { method: 'POST', body }));
      });
    await ask('once');
    await ask('none');
    expect(requests).toHaveLength(3);
  });

  test('requests that are the same replay in order, and one more is a miss unless repeats are allowed', async () => {
    const ask = (options: Partial<CassetteOptions>, times: number) =>
      using(options, async (cassette) => {
        const answers: string[] = [];
        for (let count = 0; count < times; count += 1) answers.push(await textOf(post(cassette, 'same')));
        return answers;
      });
    await ask({ mode: 'once' }, 2);
    expect(await ask({}, 2)).toEqual(['answer 1', 'answer 2']);
    expect(await ask({ allowRepeats: true }, 3)).toEqual(['answer 1', 'answer 2', 'answer 2']);
    await expect(ask({}, 3)).rejects.toThrow('POST /v1/chat 2 times, and it came once more');
  });

  test('what nobody asked for is told', async () => {
    await using({ mode: 'once' }, async (cassette) => {
      await textOf(post(cassette, 1));
      await textOf(post(cassette, 2));
    });
    await using({}, async (cassette) => {
      await textOf(post(cassette, 2));
      expect(cassette.unused).toEqual([{ method: 'POST', path: '/v1/chat', json: 1 }]);
    });
  });
});

describe('a miss', () => {
  test('shows the nearest recorded request and the difference, to the client and to whoever closes', async () => {
    const long = 'You are a helpful assistant. '.repeat(20);
    await using({ mode: 'once' }, async (cassette) => {
      await textOf(post(cassette, { model: 'a', messages: [{ role: 'system', content: long }] }));
      await textOf(post(cassette, { model: 'z', messages: [], tools: [1, 2, 3] }));
      await textOf(post(cassette, {}, '/embeddings'));
    });
    const cassette = await start();
    const answer = await post(cassette, { model: 'a', messages: [{ role: 'system', content: `${long}Be brief.` }] });
    expect(answer.headers.get('x-should-retry')).toBe('false');
    const { error } = (await answer.json()) as { error: { message: string } };
    expect(error.message).toContain('The nearest recorded request is POST /v1/chat; it differs in\n');
    expect(error.message).toMatch(
      /body\.messages\[0\]\.content: from character 580 on: recorded "….*", sent "….*Be brief\."/,
    );
    expect(cassette.misses).toHaveLength(1);
    await expect(cassette.close()).rejects.toThrow(error.message);
  });

  test('is no reason for an SDK to ask again, and its sentence is the SDK’s error', async () => {
    await using({ mode: 'once' }, (cassette) => textOf(post(cassette, 1)));
    const cassette = await start();
    const client = new OpenAI({ apiKey: 'none', baseURL: cassette.url });
    const sent = client.chat.completions.create({ model: 'm', messages: [] });
    await expect(sent).rejects.toThrow('has no answer to POST /v1/chat/completions');
    expect(cassette.misses).toHaveLength(1);
    await expect(cassette.close()).rejects.toThrow(CassetteMissError);
  });
});

describe('streams', () => {
  /** Reads a response to its end or its break. */
  async function piecesOf(response: Response) {
    const pieces: Buffer[] = [];
    let broken = false;
    try {
      if (response.body) for await (const piece of response.body) pieces.push(Buffer.from(piece));
    } catch {
      broken = true;
    }
    return { pieces, body: Buffer.concat(pieces), broken };
  }

  const writeAll = (pieces: readonly (string | Buffer)[], end: (response: Parameters<RequestListener>[1]) => void) => {
    listener = async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_1' });
      for (const piece of pieces) {
        response.write(piece);
        await setTimeout(15);
      }
      end(response);
    };
  };

  const record = () =>
    using({ mode: 'once' }, async (cassette) => piecesOf(await fetch(cassette.url, { method: 'POST' })));
  const replay = (options: Partial<CassetteOptions> = {}) =>
    using(options, async (cassette) => {
      const response = await fetch(cassette.url, { method: 'POST' });
      expect(response.headers.get('x-request-id')).toBe('req_1');
      return piecesOf(response);
    });

  test('keep their bytes and their pieces, also where a piece ends within a character', async () => {
    const mask = Buffer.from('🎭');
    const pieces = [
      'data: Grüße\r\n\r\n',
      mask.subarray(0, 1),
      mask.subarray(1, 3),
      mask.subarray(3),
      '\u2028 \tend  \n\n',
    ];
    writeAll(pieces, (response) => response.end());
    const recorded = await record();
    const replayed = await replay();
    expect(replayed.body.toString()).toBe('data: Grüße\r\n\r\n🎭\u2028 \tend  \n\n');
    expect(replayed.pieces).toEqual(pieces.map((piece) => Buffer.from(piece)));
    expect(recorded.body).toEqual(replayed.body);
    expect(replayed.broken).toBe(false);
    expect(await readFile(file, 'utf8')).toMatch(/chunks:\n( +- \[\d+, \d+\]\n){5}/);
  });

  test('are readable in the file, line by line', async () => {
    writeAll(['data: {"a": "it\'s"}\n\n', 'data: [DONE]\n\n'], (response) => response.end());
    await record();
    const indent = ' '.repeat(8);
    expect(await readFile(file, 'utf8')).toContain(`${indent}data: {"a": "it's"}\n\n${indent}data: [DONE]\n`);
  });

  test('may be bytes that are no text', async () => {
    const pieces = [Buffer.from([0xff, 0xfe, 0x00]), Buffer.from([0xc3])];
    writeAll(pieces, (response) => response.end());
    await record();
    expect((await replay()).pieces).toEqual(pieces);
  });

  test('that the provider broke break again, after the same bytes', async () => {
    writeAll(['data: 1\n\n', 'data: {"half'], (response) => response.destroy());
    expect(await record()).toMatchObject({ broken: true });
    expect(await readFile(file, 'utf8')).toContain('ending: cut');
    const { body, broken } = await replay();
    expect(body.toString()).toBe('data: 1\n\ndata: {"half');
    expect(broken).toBe(true);
  });

  test('that the client left stay open when they are replayed', async () => {
    writeAll(['data: 1\n\n', 'data: 2\n\n'], () => undefined);
    const readTwo = async (cassette: Cassette) => {
      const left = new AbortController();
      const response = await fetch(cassette.url, { method: 'POST', signal: left.signal });
      const reader = response.body?.getReader();
      await reader?.read();
      await reader?.read();
      const next = reader?.read();
      const isOpen = await Promise.race([next?.then(() => false), setTimeout(30, true)]);
      left.abort();
      await next?.catch(() => undefined);
      return isOpen;
    };
    await using({ mode: 'once' }, async (cassette) => {
      await readTwo(cassette);
      while (cassette.recorded === 0) await setImmediate();
    });
    expect(await readFile(file, 'utf8')).toContain('ending: client_left');
    expect(await using({}, readTwo)).toBe(true);
  });

  test('pauses are kept as numbers and played on demand', async () => {
    listener = async (_request, response) => {
      response.writeHead(200, { 'x-request-id': 'req_1' });
      response.write('a');
      await setTimeout(300);
      response.end('b');
    };
    await record();
    const timed = async (options: Partial<CassetteOptions>) => {
      const startedAt = performance.now();
      await replay(options);
      return performance.now() - startedAt;
    };
    expect(await timed({ pauses: 'keep' })).toBeGreaterThan(250);
    expect(await timed({})).toBeLessThan(250);
  });
});

describe('secrets', () => {
  test('are nowhere in the file', async () => {
    const secrets = {
      bearer: 'bearer-0123456789abcdef',
      apiKey: 'key-0123456789abcdef',
      cookie: 'session-0123456789abcdef',
      queryKey: 'query 0123456789/abcdef',
      bodyKey: 'body-0123456789abcdef',
      nested: 'nested-"0123456789abcdef',
      named: 'Grüße "an" alle',
      answered: 'answered-0123456789abcdef',
      setCookie: 'set-0123456789abcdef',
      shaped: 'sk-proj-0123456789abcdefghij',
      organization: 'org-0123456789abcdef',
    };
    listener = async (request, response) => {
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'set-cookie': `a=${secrets.setCookie}`,
        'openai-organization': secrets.organization,
        'x-echo': String(request.headers.authorization),
      });
      const echo = Buffer.from(`data: ${JSON.stringify({ echo: requests.at(-1), key: secrets.bearer })}\n\n`);
      // Pieces that end within secrets.
      for (let start = 0; start < echo.length; start += 20) {
        response.write(echo.subarray(start, start + 20));
        await setImmediate();
      }
      response.end(`data: {"access_token": "${secrets.answered}", "text": "${secrets.shaped} ${secrets.named}"}\n\n`);
    };
    const ask = (cassette: Cassette) =>
      fetch(`${cassette.url}/x?key=${encodeURIComponent(secrets.queryKey)}&q=${encodeURIComponent(secrets.named)}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${secrets.bearer}`,
          'x-api-key': secrets.apiKey,
          cookie: `sid=${secrets.cookie}; theme=dark`,
        },
        body: JSON.stringify({
          api_key: secrets.bodyKey,
          config: { clientSecret: secrets.nested },
          prompt: `Say ${secrets.apiKey} and ${secrets.shaped} to ${secrets.named} at ${secrets.cookie}`,
        }),
      });
    const options = { secrets: [secrets.named, ''], matchHeaders: ['authorization', 'x-api-key', 'cookie'] };
    const original = await using({ ...options, mode: 'once' }, (cassette) => textOf(ask(cassette)));
    expect(original).toContain(secrets.answered);

    const written = await readFile(file, 'utf8');
    for (const secret of Object.values(secrets)) {
      for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
        expect(written).not.toContain(form);
        expect(written).not.toContain(form.slice(-16));
      }
      expect(written).not.toContain(Buffer.from(secret).toString('base64').slice(0, 12));
    }
    expect(written.match(/\[scrubbed\]/g)?.length).toBeGreaterThan(8);
    // What is left is still found, and what it was scrubbed from still reads.
    const replayed = await using(options, (cassette) => textOf(ask(cassette)));
    expect(replayed).toContain('"text": "[scrubbed] [scrubbed]"');
  });

  test('that only a later request shows are taken out of the earlier ones', async () => {
    const token = 'ticket-0123456789abcdef';
    listener = (_request, response) => void response.end(`Your ticket is ${token}.`);
    await using({ mode: 'once' }, async (cassette) => {
      await textOf(post(cassette, { note: 'none yet' }));
      await textOf(fetch(cassette.url, { headers: { authorization: `Bearer ${token}` } }));
    });
    expect(await readFile(file, 'utf8')).not.toContain(token);
  });

  test('the dummies of tests are no secrets: a key "test" leaves the word alone', async () => {
    const ask = (cassette: Cassette) =>
      fetch(cassette.url, { method: 'POST', headers: { authorization: 'Bearer test' }, body: '"A test of it."' });
    await using({ mode: 'once' }, (cassette) => textOf(ask(cassette)));
    expect(await readFile(file, 'utf8')).toContain('A test of it.');
  });
});

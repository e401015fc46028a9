import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { ReferenceStore } from './reference-store.js';
import { QUEUE, type RunEvent, type RunJob } from './run-job.js';

export interface ReferenceGatewayOptions {
  databaseUrl: string;
  redisUrl: string;
}

interface Question {
  message: string;
  model: string;
  stream: boolean;
}

/**
 * The gateway of the reference: `POST /threads/<uuid>/runs` with `{ message, model, stream }`. Streamed, each token is a frame
 * `data: "text"`, and `event: end` or `event: error` is the last; else the answer is `{ "response": "text" }`.
 * @returns its origin
 */
export async function startReferenceGateway({ databaseUrl, redisUrl }: ReferenceGatewayOptions): Promise<string> {
  const store = new ReferenceStore(databaseUrl);
  const queue = new Queue<RunJob>(QUEUE, {
    connection: new Redis(redisUrl),
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  const listeners = new Map<string, (event: RunEvent) => void>();
  const subscriber = new Redis(redisUrl);
  // Channels are those of the whole Redis, whatever the number of the database.
  const channel = `reference:${randomUUID()}`;
  subscriber.on('message', (_, text: string) => {
    const event: RunEvent = JSON.parse(text);
    listeners.get(event.run)?.(event);
  });
  await subscriber.subscribe(channel);

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const thread = /^\/threads\/([^/]+)\/runs$/.exec(request.url ?? '')?.[1];
    if (thread === undefined || request.method !== 'POST') return void response.writeHead(404).end();
    const { message, model, stream }: Question = JSON.parse(await textOf(request));
    const run = randomUUID();
    listeners.set(run, stream ? streamTo(response) : collectFor(response));
    response.once('close', () => listeners.delete(run));
    await store.addQuestion(thread, message);
    await queue.add('run', { run, thread, model, channel });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => refuse(response, error.message));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function streamTo(response: ServerResponse): (event: RunEvent) => void {
  return ({ texts, end }) => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
    const frames = texts.map((text) => `data: ${JSON.stringify(text)}\n\n`).join('');
    if (end === undefined) response.write(frames);
    else response.end(`${frames}event: ${end.error === undefined ? 'end' : 'error'}\ndata: ${JSON.stringify(end)}\n\n`);
  };
}

function collectFor(response: ServerResponse): (event: RunEvent) => void {
  let answer = '';
  return ({ texts, end }) => {
    answer += texts.join('');
    if (end?.error !== undefined) refuse(response, end.error);
    else if (end) response.writeHead(200, JSON_TYPE).end(JSON.stringify({ response: answer }));
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };

function refuse(response: ServerResponse, error: string): void {
  response.writeHead(500, JSON_TYPE).end(JSON.stringify({ error }));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

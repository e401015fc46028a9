import { type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ReceivedChunk } from './cassette-body.js';
import type { CassetteResponse } from './recorded-exchange.js';

/** An answer as it came, secrets included. */
export interface ReceivedAnswer {
  status: number;
  afterMs: number;
  headers: Record<string, string | string[] | undefined>;
  chunks: ReceivedChunk[];
  ending: CassetteResponse['ending'];
}

/** Headers that belong to the connection of the client, not to its request. */
const hopHeaders = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
];

/**
 * Asks the provider and hands its answer on as it arrives. Undefined when the client left before there was any.
 * @throws Error when the provider cannot be reached
 */
export function forwardRequest(
  origin: string,
  message: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<ReceivedAnswer | undefined> {
  const url = new URL(origin);
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined && !hopHeaders.includes(name)) headers[name] = value;
  }
  // A body that is compressed cannot be read in the file.
  headers['accept-encoding'] = 'identity';
  if (body.length > 0 || message.method === 'POST') headers['content-length'] = String(body.length);
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;

  return new Promise((resolve, reject) => {
    const sent = open(url, { method: message.method, path: message.url, headers });
    let answer: ReceivedAnswer | undefined;
    let lastAt = performance.now();
    const sinceLast = () => {
      const now = performance.now();
      const passed = Math.round(now - lastAt);
      lastAt = now;
      return passed;
    };
    const settle = (ending: CassetteResponse['ending']) => resolve(answer && { ...answer, ending });
    response.once('close', () => {
      if (response.writableFinished) return;
      settle('client_left');
      sent.destroy();
    });
    sent.once('error', (error) => (answer === undefined ? reject(error) : settle('cut')));
    sent.once('response', (received) => {
      const { statusCode: status = 502, headers: receivedHeaders } = received;
      answer = { status, afterMs: sinceLast(), headers: receivedHeaders, chunks: [], ending: 'complete' };
      const chunks = answer.chunks;
      response.writeHead(status, headersToHandOn(receivedHeaders));
      response.flushHeaders();
      received.on('data', (bytes: Buffer) => {
        chunks.push({ afterMs: sinceLast(), bytes });
        if (response.write(bytes)) return;
        received.pause();
        response.once('drain', () => received.resume());
      });
      received.once('end', () => {
        settle('complete');
        response.end();
      });
      received.once('error', () => {
        settle('cut');
        response.destroy();
      });
    });
    sent.end(body);
  });
}

function headersToHandOn(received: ReceivedAnswer['headers']): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(received)) {
    if (value !== undefined && !hopHeaders.includes(name)) headers[name] = value;
  }
  return headers;
}

import type { IncomingMessage } from 'node:http';
import type { JsonObject } from './requests/json-object.js';
import { isJsonObject } from './requests/json-object.js';
import { RejectedRequest } from './requests/rejected-request.js';

const maxBytes = 32 * 1024 * 1024;

/** @throws RejectedRequest over 32 MiB, the vendors' own limit */
export function readBody(message: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
    });
    message.on('end', () => {
      if (size > maxBytes) reject(new RejectedRequest(413, 'Request exceeds the maximum size'));
      else resolve((chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)).toString());
    });
    message.on('error', reject);
  });
}

/** @throws RejectedRequest for what is not a JSON object */
export function parseBody(text: string): JsonObject {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new RejectedRequest(400, 'We could not parse the JSON body of your request.');
  }
  if (!isJsonObject(body)) throw new RejectedRequest(400, 'The body of your request is not a JSON object.');
  return body;
}

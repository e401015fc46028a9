import type { BatchLimits, BatchRequest } from '@troupe/spec';
import { refuseRequest } from './refuse-request.js';

/** The line end or comma after each request. */
const SEPARATOR_BYTES = 1;

export interface BatchLines {
  /** The provider's name as people write it. */
  label: string;
  limits: BatchLimits;
  /** A request as JSON. @throws TroupeError for what the model cannot do */
  lineOf(request: BatchRequest): string;
}

/** All requests of a batch as JSON texts. @throws TroupeError when they are more than one batch may hold, or none */
export async function collectBatchLines(
  requests: AsyncIterable<BatchRequest>,
  { label, limits, lineOf }: BatchLines,
): Promise<string[]> {
  const lines: string[] = [];
  let bytes = 0;
  for await (const request of requests) {
    const line = lineOf(request);
    bytes += Buffer.byteLength(line) + SEPARATOR_BYTES;
    if (lines.length === limits.requests) {
      throw refuseRequest(`${label} takes ${limits.requests} requests a batch at most. Make several batches of them.`);
    }
    if (bytes > limits.bytes) {
      throw refuseRequest(
        `${label} takes ${limits.bytes} bytes a batch at most. Make several batches of the requests.`,
      );
    }
    lines.push(line);
  }
  if (lines.length === 0) throw refuseRequest('A batch needs at least one request.');
  return lines;
}

/** Bytes that a line takes of a batch. */
export function batchLineBytes(line: string): number {
  return Buffer.byteLength(line) + SEPARATOR_BYTES;
}

import type { OpenAPIObject } from '@nestjs/swagger';
import { KEY_HEADER } from '../idempotency/read-key.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = NonNullable<Operation['parameters']>[number];

const PARAMETER: Parameter = {
  name: KEY_HEADER,
  in: 'header',
  required: false,
  description:
    'Makes the request safe to send again: for 24 hours the same key and request give the first answer and do nothing. ' +
    'The key with another request is refused (422), and while the first one is under way (409). A request that was ' +
    'answered with an error changed nothing and leaves its key free.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  example: '0f3b6c1e-9a55-4c6e-8f7a-1d2c3b4a5e6f',
};

const REPLAYED = {
  schema: { type: 'string' as const, enum: ['true'] },
  description: 'Only on an answer that was given before for the same Idempotency-Key.',
};

/** Says of every operation that changes something what an Idempotency-Key does, and how a repeated answer shows. */
export function describeIdempotency({ paths }: OpenAPIObject): void {
  for (const { post, put, patch, delete: remove } of Object.values(paths)) {
    for (const operation of [post, put, patch, remove]) if (operation) describe(operation);
  }
}

function describe(operation: Operation): void {
  operation.parameters = [...(operation.parameters ?? []), PARAMETER];
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!status.startsWith('2') || !response || '$ref' in response) continue;
    response.headers = { ...response.headers, 'Idempotency-Replayed': REPLAYED };
  }
}

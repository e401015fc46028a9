import { setImmediate } from 'node:timers/promises';
import { TroupeError } from '@troupe/contracts';
import type { NewStoredBatch } from '@troupe/database';
import type { BatchProvider } from '@troupe/spec';
import type { FieldError } from '../errors/field-error.js';
import { fieldError, invalidRequest } from '../errors/invalid-request.js';
import { validationPipe } from '../input/validate-body.js';
import { batchModelRequest } from './batch-model-request.js';
import { BatchItemDto } from './create-batch.dto.js';

/** Items between two breaths in which the process serves everybody else. */
const SLICE = 50;
/** More mistakes than these are most likely one mistake. */
const SHOWN_ERRORS = 20;

const validation = validationPipe();

/**
 * The items of a new batch, as their provider will take them: nothing is stored of a batch that would be refused there.
 * @throws TroupeError `invalid_request` that names the items
 */
export async function readBatchItems(items: unknown[], provider: BatchProvider): Promise<NewStoredBatch['items']> {
  const { limits, model } = provider;
  if (items.length > limits.requests) {
    throw wrongItems(`items may be ${limits.requests} at most for ${model}. Make several batches of them.`);
  }
  const read: { customId: string; request: ReturnType<typeof batchModelRequest> }[] = [];
  const errors: FieldError[] = [];
  const positions = new Map<string, number>();
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    if (index % SLICE === 0) await setImmediate();
    try {
      const dto = await readItem(item);
      const first = positions.get(dto.custom_id);
      if (first !== undefined) throw duplicate(dto.custom_id, first);
      positions.set(dto.custom_id, index);
      const request = batchModelRequest(dto);
      bytes += provider.sizeOf({ customId: String(index), request });
      read.push({ customId: dto.custom_id, request });
    } catch (error) {
      errors.push(...errorsOf(error, index));
      if (errors.length >= SHOWN_ERRORS) break;
    }
  }
  if (errors.length > 0) throw invalidRequest(errors.slice(0, SHOWN_ERRORS));
  if (bytes > limits.bytes) {
    throw wrongItems(
      `items take ${bytes} bytes as they are sent to ${model}, and may take ${limits.bytes}. Make several batches of them.`,
    );
  }
  return read;
}

async function readItem(item: unknown): Promise<BatchItemDto> {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw invalidRequest([fieldError([], 'must be an object.')]);
  }
  return validation.transform(item, { type: 'body', metatype: BatchItemDto });
}

/** What is wrong with an item, with its place in front. What an adapter refuses is wrong as a whole. */
function errorsOf(error: unknown, index: number): FieldError[] {
  if (!(error instanceof TroupeError) || error.fault !== 'caller') throw error;
  const told = error.details?.errors;
  if (!Array.isArray(told)) return [fieldError(['items', String(index)], `items.${index}: ${error.message}`)];
  return (told as unknown as FieldError[]).map(({ field, pointer, message }) => ({
    field: field === '' ? `items.${index}` : `items.${index}.${field}`,
    pointer: `/items/${index}${pointer}`,
    message: field !== '' && message.startsWith(field) ? `items.${index}.${message}` : `items.${index} ${message}`,
  }));
}

function duplicate(customId: string, first: number): TroupeError {
  const message = `custom_id "${customId}" is that of items.${first} already.`;
  return invalidRequest([fieldError(['custom_id'], message)]);
}

function wrongItems(message: string): TroupeError {
  return invalidRequest([fieldError(['items'], message)]);
}

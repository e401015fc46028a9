import { createHash } from 'node:crypto';
import type { JsonObject } from './json-object.js';
import { objectOf, objectsOf, stringOf } from './json-object.js';
import { RejectedRequest } from './rejected-request.js';

/** How reasoning is to be shown and given back, as a request to the Responses API says it. */
export interface ResponsesReasoning {
  /** Its text is shown as a summary. */
  summary: boolean;
  /** It comes encrypted, to be sent back. */
  encrypted: boolean;
}

export function reasoningOfRequest(body: JsonObject): ResponsesReasoning {
  const includes = Array.isArray(body.include) && body.include.includes('reasoning.encrypted_content');
  return { summary: typeof objectOf(body.reasoning).summary === 'string', encrypted: includes };
}

export function reasoningItemId(replyId: string): string {
  return `rs_${replyId}`;
}

/** Items of an answer that reasoned say so in their id, so that they are missed when their reasoning is. */
export function outputItemId(kind: 'msg' | 'fc', replyId: string, index: number, reasoned: boolean): string {
  return `${kind}_${replyId}_${index}${reasoned ? '_r' : ''}`;
}

/** What stands for the thoughts of an answer; changed by one letter it is found out. */
export function encryptedReasoning(itemId: string, shown: string): string {
  return `gAAAA${createHash('sha256').update(`llm-simulator:${itemId}:${shown}`).digest('base64')}`;
}

/**
 * The vendor's rules: reasoning comes back as it was and right before what followed it, and what followed reasoning
 * comes back, under its id, only with it.
 */
export function checkReasoningItems(items: JsonObject[]): void {
  const seen = new Set<string>();
  const ids = new Set<string>();
  items.forEach((item, index) => {
    const id = stringOf(item.id);
    if (id !== '' && ids.has(id)) {
      throw new RejectedRequest(400, `Duplicate item found with id ${id}. Remove duplicate items from your input.`);
    }
    ids.add(id);
    if (item.type === 'reasoning') {
      checkEncrypted(item, id);
      const next = items[index + 1];
      if (next === undefined || !follows(next)) {
        const message = `Item '${id}' of type 'reasoning' was provided without its required following item.`;
        throw new RejectedRequest(400, message, undefined, 'input');
      }
      seen.add(id);
      return;
    }
    const [, replyId] = /^(?:msg|fc)_(.+)_\d+_r$/.exec(id) ?? [];
    if (replyId !== undefined && !seen.has(reasoningItemId(replyId))) {
      const kind = stringOf(item.type);
      throw new RejectedRequest(
        400,
        `Item '${id}' of type '${kind}' was provided without its required 'reasoning' item: '${reasoningItemId(replyId)}'.`,
        undefined,
        'input',
      );
    }
  });
}

function follows(item: JsonObject): boolean {
  return item.type === 'function_call' || item.type === 'reasoning' || item.role === 'assistant';
}

function checkEncrypted(item: JsonObject, id: string): void {
  const shown = objectsOf(item.summary)
    .map((part) => stringOf(part.text))
    .join('');
  if (item.encrypted_content !== encryptedReasoning(id, shown)) {
    const message = `The encrypted content for item ${id} could not be verified.`;
    throw new RejectedRequest(400, message, 'invalid_encrypted_content', 'input');
  }
}

import { createHash } from 'node:crypto';

/**
 * A thinking block's signature, from its text and from who wrote it (a model, or the upstream of a router): a block that
 * was edited on its way back, or that goes to somebody else, is found out.
 */
export function thinkingSignature(thinking: string, writer: string): string {
  return createHash('sha256').update(`llm-simulator:${writer}:${thinking}`).digest('base64');
}

import { createHash } from 'node:crypto';

/** A thinking block's signature: from its text alone, so that a block that was edited on its way back is found out. */
export function thinkingSignature(thinking: string): string {
  return createHash('sha256').update(`llm-simulator:${thinking}`).digest('base64');
}

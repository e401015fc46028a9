import type { JsonValue } from '@troupe/contracts';
import type { ModelMessage } from '@troupe/spec';
import { type SealedReasoning, sealedReasoningOf } from './reasoning-details-envelope.js';

/** What goes back of the tool loop under way, and who can read it. */
export interface LoopReasoning {
  /** By the index of the assistant's message. */
  details: ReadonlyMap<number, JsonValue[]>;
  /** Who wrote it. Absent: nothing goes back, or its writer is not known. */
  writer?: Pick<SealedReasoning, 'upstream' | 'model'>;
  /** The loop began, and without any: under another model, or with thinking off. */
  beganWithout: boolean;
}

/**
 * Reasoning goes back within a tool loop, where upstreams demand it, all of one writer: the last one. What others wrote
 * is dropped whole, and so are the loops of earlier turns, since their upstream may not be the one that answers next.
 */
export function loopReasoning(
  messages: readonly ModelMessage[],
  asked: { provider: string; model: string },
): LoopReasoning {
  const loopAt = messages.findLastIndex(({ role }) => role === 'user') + 1;
  const sealed = messages.slice(loopAt).flatMap((message, offset) => {
    const reasoning = message.role === 'assistant' ? sealedReasoningOf(message.content, asked) : undefined;
    return reasoning === undefined ? [] : [{ index: loopAt + offset, reasoning }];
  });
  const last = sealed.at(-1)?.reasoning;
  const ofLast = sealed.filter(
    ({ reasoning }) => reasoning.upstream === last?.upstream && reasoning.model === last?.model,
  );
  return {
    details: new Map(ofLast.map(({ index, reasoning }) => [index, reasoning.details])),
    ...(last !== undefined && { writer: { upstream: last.upstream, model: last.model } }),
    beganWithout: loopAt < messages.length && ofLast[0]?.index !== loopAt,
  };
}

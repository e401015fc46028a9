import type { ContentPart, JsonObject, JsonValue, ReasoningPart } from '@troupe/contracts';
import { textOf } from '@troupe/contracts';
import { isJsonObject } from '../../shared/parse-tool-arguments.js';
import type { WireItem } from './responses-wire.js';

/**
 * What the Responses API wants back of an answer and a message has no field for. Reasoning, and whatever else it puts
 * between, is kept byte for byte; of messages and calls, whose texts the message holds anyway, only what is lost
 * otherwise.
 */
type Bone =
  | { type: 'item'; item: JsonObject }
  | { type: 'message'; id: string | null; phase: string | null; characters: number; refusal: boolean }
  | { type: 'function_call'; id: string | null; call_id: string; arguments: string | null };

export type Opaque = NonNullable<ReasoningPart['opaque']>;

/** Gathers the skeleton while an answer is read. */
export class OutputSkeleton {
  readonly #bones: Bone[] = [];

  add(item: WireItem, read: { text: string; refusal: boolean; argumentsText: string; canonical: boolean }): void {
    const id = typeof item.id === 'string' ? item.id : null;
    switch (item.type) {
      case 'message': {
        const phase = typeof item.phase === 'string' ? item.phase : null;
        this.#bones.push({ type: 'message', id, phase, characters: read.text.length, refusal: read.refusal });
        break;
      }
      case 'function_call':
        this.#bones.push({
          type: 'function_call',
          id,
          call_id: String(item.call_id),
          arguments: read.canonical ? null : read.argumentsText,
        });
        break;
      default:
        this.#bones.push({ type: 'item', item });
    }
  }

  /** Undefined when a plain message says all. */
  seal(provider: string, model: string): Opaque | undefined {
    const isNeeded = this.#bones.some((bone) =>
      bone.type === 'item' ? bone.item.type === 'reasoning' : bone.type === 'message' && bone.phase !== null,
    );
    return isNeeded ? { provider, model, data: { format: 'responses', output: this.#bones } } : undefined;
  }
}

/**
 * The items of an answer as they came, where this provider and model gave it and nobody changed it since. Undefined
 * otherwise: then everything that hangs together is dropped, since half of it is refused.
 */
export function itemsAsTheyCame(content: readonly ContentPart[], provider: string, model: string) {
  for (const part of content) {
    if (part.type !== 'reasoning' || part.opaque === undefined) continue;
    if (part.opaque.provider !== provider || part.opaque.model !== model) continue;
    const bones = bonesOf(part.opaque.data);
    return bones === undefined ? undefined : assemble(bones, content);
  }
  return undefined;
}

function bonesOf(data: JsonValue): Bone[] | undefined {
  if (!isJsonObject(data) || data.format !== 'responses' || !Array.isArray(data.output)) return undefined;
  return data.output.every(isJsonObject) ? (data.output as unknown as Bone[]) : undefined;
}

function assemble(bones: Bone[], content: readonly ContentPart[]): JsonObject[] | undefined {
  const calls = content.filter((part) => part.type === 'tool_call');
  const text = textOf(content);
  let nextCall = 0;
  let nextCharacter = 0;
  const items: JsonObject[] = [];
  for (const bone of bones) {
    switch (bone.type) {
      case 'item':
        items.push(bone.item);
        break;
      case 'message': {
        const said = text.slice(nextCharacter, nextCharacter + bone.characters);
        nextCharacter += bone.characters;
        items.push(messageItem(bone, said));
        break;
      }
      case 'function_call': {
        const call = calls[nextCall];
        nextCall += 1;
        if (call?.id !== bone.call_id) return undefined;
        items.push({
          type: 'function_call',
          ...(bone.id !== null && { id: bone.id }),
          call_id: call.id,
          name: call.name,
          arguments: bone.arguments ?? JSON.stringify(call.arguments),
        });
      }
    }
  }
  // An answer that was cut off while it reasoned: without what should have followed it is refused.
  const endsInReasoning = items.at(-1)?.type === 'reasoning';
  return nextCall === calls.length && nextCharacter === text.length && !endsInReasoning ? items : undefined;
}

function messageItem({ id, phase, refusal }: Bone & { type: 'message' }, said: string): JsonObject {
  return {
    type: 'message',
    role: 'assistant',
    ...(id !== null && { id, status: 'completed' }),
    ...(phase !== null && { phase }),
    content: [refusal ? { type: 'refusal', refusal: said } : { type: 'output_text', text: said, annotations: [] }],
  };
}

import type { ContentPart, ReasoningPart, TextPart } from '@troupe/contracts';
import type { ModelEvent } from '@troupe/spec';
import { newToolCallId } from './new-tool-call-id.js';
import { parseToolArguments } from './parse-tool-arguments.js';
import { MalformedAnswer } from './provider-failure.js';

interface OpenToolCall {
  type: 'open_tool_call';
  index: number;
  id: string;
  name: string;
  argumentsText: string;
}

/**
 * Builds a response from its pieces and turns each piece into the event that tells of it. What is no text where the
 * format has one is a MalformedAnswer: types promise what a server never did, and a number would be stored as text.
 */
export class ResponseAccumulator {
  readonly #parts: (TextPart | ReasoningPart | OpenToolCall)[] = [];
  readonly #toolCalls: OpenToolCall[] = [];

  get toolCallCount(): number {
    return this.#toolCalls.length;
  }

  addText(delta: string, events: ModelEvent[]): void {
    requireText(delta, 'text');
    if (delta === '') return;
    const last = this.#parts.at(-1);
    if (last?.type === 'text') last.text += delta;
    else this.#parts.push({ type: 'text', text: delta });
    events.push({ type: 'text.delta', delta });
  }

  /** Continues the last reasoning part, or begins one. */
  addReasoning(delta: string, events: ModelEvent[]): void {
    requireText(delta, 'reasoning');
    if (delta === '') return;
    const last = this.#parts.at(-1);
    if (last?.type === 'reasoning' && last.opaque === undefined) last.text += delta;
    else this.#parts.push({ type: 'reasoning', text: delta });
    events.push({ type: 'reasoning.delta', delta });
  }

  /** A reasoning part of its own, to be sealed by its provider with what it wants back. */
  startReasoning(opaque?: ReasoningPart['opaque']): ReasoningPart {
    const part: ReasoningPart = { type: 'reasoning', text: '', ...(opaque !== undefined && { opaque }) };
    this.#parts.push(part);
    return part;
  }

  /** Seals the first reasoning part, for providers that send one envelope for the whole message. */
  sealReasoning(opaque: NonNullable<ReasoningPart['opaque']>): void {
    const part = this.#parts.find((candidate) => candidate.type === 'reasoning');
    if (part === undefined) this.#parts.unshift({ type: 'reasoning', text: '', opaque });
    else part.opaque = opaque;
  }

  /** @returns the call's index within the response; `id` is made where the provider gives none */
  startToolCall(id: string | undefined, name: string, events: ModelEvent[]): number {
    requireText(name, 'a tool name');
    // No provider takes such a call back, so the whole conversation would be refused from then on.
    if (name === '') throw new MalformedAnswer('a tool call without a name');
    const call: OpenToolCall = {
      type: 'open_tool_call',
      index: this.#toolCalls.length,
      id: id || newToolCallId(),
      name,
      argumentsText: '',
    };
    this.#toolCalls.push(call);
    this.#parts.push(call);
    events.push({ type: 'tool_call.started', index: call.index, id: call.id, name });
    return call.index;
  }

  addToolArguments(index: number, delta: string, events: ModelEvent[]): void {
    const call = this.#toolCalls[index];
    requireText(delta, 'tool arguments');
    if (call === undefined || delta === '') return;
    call.argumentsText += delta;
    events.push({ type: 'tool_call.delta', index, delta });
  }

  content(): ContentPart[] {
    return this.#parts.map((part) => {
      if (part.type !== 'open_tool_call') return part;
      return { type: 'tool_call', id: part.id, name: part.name, ...parseToolArguments(part.argumentsText) };
    });
  }
}

function requireText(value: unknown, what: string): void {
  if (typeof value !== 'string') throw new MalformedAnswer(`${what} that is ${JSON.stringify(value)}`);
}

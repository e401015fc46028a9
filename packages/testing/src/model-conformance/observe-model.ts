import { TroupeError } from '@troupe/contracts';
import type { ChatModel, ModelCallOptions, ModelEvent, ModelRequest, ModelResponse } from '@troupe/spec';

export function userRequest(text: string, more: Omit<ModelRequest, 'messages'> = {}): ModelRequest {
  return { ...more, messages: [{ role: 'user', content: [{ type: 'text', text }] }] };
}

export interface ObservedStream {
  events: ModelEvent[];
  /** What was thrown, undefined when the stream ended by itself. */
  error: unknown;
}

/** Reads a stream to its end or to what it throws. */
export async function observeStream(
  model: ChatModel,
  request: ModelRequest,
  options?: ModelCallOptions,
): Promise<ObservedStream> {
  const events: ModelEvent[] = [];
  try {
    for await (const event of model.stream(request, options)) events.push(event);
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

/** The response of a stream that ended well. */
export function completedResponse({ events, error }: ObservedStream): ModelResponse {
  if (error !== undefined) throw error;
  const last = events.at(-1);
  if (last?.type !== 'completed') throw new Error(`The stream ended with ${last?.type ?? 'nothing'}.`);
  return last.response;
}

export function streamedText(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.type === 'text.delta' ? event.delta : '')).join('');
}

/** Both ways to ask, so that what holds for one is checked for the other. */
export const modes = ['generate', 'stream'] as const;
export type Mode = (typeof modes)[number];

export async function ask(
  mode: Mode,
  model: ChatModel,
  request: ModelRequest,
  options?: ModelCallOptions,
): Promise<ModelResponse> {
  if (mode === 'generate') return model.generate(request, options);
  return completedResponse(await observeStream(model, request, options));
}

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<TroupeError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof TroupeError) return error;
    throw error;
  }
  throw new Error('The call succeeded.');
}

import { type ModelId, type RunEventBody, TroupeError } from '@troupe/contracts';
import type { ChatModel, ModelEvent, ModelRequest, ModelResponse } from '@troupe/spec';
import { cleanResponse } from './clean-response.js';
import { DeltaCleaner } from './delta-cleaner.js';

export interface StreamTurnOptions {
  /** Aborting it ends the turn; the call then throws the signal's reason. */
  signal?: AbortSignal;
  /** Which of the provider's keys to use; absent: the first. */
  account?: string;
  /** Told of every piece of text and reasoning as it arrives. Called synchronously: it must not throw or block. */
  onEvent(event: RunEventBody): void;
}

/**
 * Runs one model turn: forwards text and reasoning while they arrive, and answers with the whole, cleaned response.
 * Tool calls are not events here; they count only once the response is complete (`decideNext`).
 * @throws TroupeError of the model, or `provider_stream_interrupted` when the stream ends without its last event.
 */
export async function streamTurn(
  model: ChatModel,
  request: ModelRequest,
  { signal, account, onEvent }: StreamTurnOptions,
): Promise<ModelResponse> {
  const text = new DeltaCleaner();
  const reasoning = new DeltaCleaner();
  let response: ModelResponse | undefined;
  const take = (event: ModelEvent) => {
    switch (event.type) {
      case 'text.delta':
        emit('text.delta', text.push(event.delta), onEvent);
        break;
      case 'reasoning.delta':
        emit('reasoning.delta', reasoning.push(event.delta), onEvent);
        break;
      case 'completed':
        emit('reasoning.delta', reasoning.flush(), onEvent);
        emit('text.delta', text.flush(), onEvent);
        response = event.response;
    }
  };
  const events = model.stream(request, { signal, account });
  if (events.forEach) {
    await events.forEach(take);
  } else {
    for await (const event of events) {
      take(event);
      if (response) break;
    }
  }
  if (response) return cleanResponse(response);
  signal?.throwIfAborted();
  throw brokenOff(model.id);
}

/** A stream that ended without its last event. */
export function brokenOff(model: ModelId): TroupeError {
  return new TroupeError({
    code: 'provider_stream_interrupted',
    fault: 'upstream',
    retryable: true,
    message: `The answer of ${model} broke off before its end. Try again.`,
  });
}

function emit(type: 'text.delta' | 'reasoning.delta', delta: string, onEvent: (event: RunEventBody) => void): void {
  if (delta !== '') onEvent({ type, data: { delta } });
}

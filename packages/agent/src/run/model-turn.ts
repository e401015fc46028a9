import type { ModelResponse } from '@troupe/spec';
import type { RunMessages } from '../structured-output/run-messages.js';
import { prepareTurn } from '../turn/prepare-turn.js';
import { streamTurn } from '../turn/stream-turn.js';
import type { RunTurnsOptions } from './run-turns-options.js';

/** Asks the model for its next answer. @throws TroupeError of the model, or the signal's reason */
export function modelTurn(
  options: RunTurnsOptions,
  { shown, tail }: RunMessages,
  turn: number,
): Promise<ModelResponse> {
  const { model, configuration, tools, history, facts, summary, unsummarized, output, signal, onEvent } = options;
  const request = prepareTurn({
    configuration,
    tools: tools.values(),
    history: [...history, ...shown],
    tail,
    facts,
    summary,
    ...(unsummarized !== undefined && { unsummarized: unsummarized + shown.length }),
    outputSchema: output?.format.request,
    turn,
  });
  return streamTurn(model, request, { signal, onEvent });
}

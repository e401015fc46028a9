import { cleanText, type ModelSettings } from '@troupe/contracts';
import { type AskModel, askForOutput } from '../structured-output/ask-for-output.js';
import type { OutputFormat } from '../structured-output/output-format.js';

/** What the functions call, and how. */
export interface FunctionModel {
  ask: AskModel;
  modelSettings?: ModelSettings;
  /** Further answers when one is not valid; 2 unless told. */
  outputRetries?: number;
}

/** What holds for one call of a function. */
export interface FunctionOptions {
  /** What to mind, in your own words; the model obeys it, so never text of others. */
  instructions?: string;
  signal?: AbortSignal;
}

/** One step: what to do in the system prompt, the material as the user's message. */
export function callFunction<T>(
  model: FunctionModel,
  task: string,
  material: string,
  format: OutputFormat<T>,
  { instructions, signal }: FunctionOptions,
): Promise<T> {
  const system = instructions === undefined ? task : `${task}\n\n# Instructions\n${instructions.trim()}`;
  return askForOutput({
    ask: model.ask,
    request: {
      system,
      messages: [{ role: 'user', content: [{ type: 'text', text: cleanText(material) }] }],
      ...(model.modelSettings && { settings: model.modelSettings }),
    },
    format,
    retries: model.outputRetries,
    signal,
  });
}

import { type AgentConfiguration, textOf } from '@troupe/contracts';
import type { ModelRequest, OutputSchema, Tool } from '@troupe/spec';
import { compileSystemPrompt, type PromptFact } from '../definition/compile-system-prompt.js';
import type { HistoryMessage } from '../history/history-message.js';
import { repairHistory } from '../history/repair-history.js';
import { selectMessages } from '../memory/select-messages.js';
import { isLastTurn } from './turn-limit.js';

export interface TurnInput {
  configuration: Pick<AgentConfiguration, 'definition' | 'model_settings' | 'memory' | 'max_turns'>;
  /** The tools that the agent's configuration names, in its order. */
  tools: Iterable<Tool>;
  /** The thread, oldest first; at least the messages that `historyLimit` asks for. */
  history: readonly HistoryMessage[];
  facts?: readonly PromptFact[];
  summary?: string | null;
  /** How many of the newest messages the summary does not cover. */
  unsummarized?: number;
  /** Messages of this run that are shown whole after all others, whatever the memory strategy keeps. */
  tail?: readonly HistoryMessage[];
  /** What the answer must look like. */
  outputSchema?: OutputSchema;
  /** Number of the model turn within its run, 1 for the first. */
  turn: number;
}

/** The request of one model turn. Fixed parts first: system prompt and tools are the same in every turn of a run. */
export function prepareTurn(input: TurnInput): ModelRequest {
  const { configuration } = input;
  const kept = selectMessages(configuration.memory, input.history, { unsummarized: input.unsummarized });
  const request: ModelRequest = {
    system: systemText(input, kept),
    messages: repairHistory(input.tail ? [...kept, ...input.tail] : kept),
  };
  const tools = Array.from(input.tools, ({ name, description, parameters }) => ({ name, description, parameters }));
  if (tools.length > 0) {
    request.tools = tools;
    // Still listed in the last turn: earlier calls stay valid for providers that check them, and caches keep hitting.
    if (isLastTurn(input.turn, configuration.max_turns)) request.toolChoice = 'none';
  }
  if (input.outputSchema) request.outputSchema = input.outputSchema;
  if (configuration.model_settings) request.settings = configuration.model_settings;
  return request;
}

/** The agent's prompt, then the system messages that an application put into the thread. */
function systemText(input: TurnInput, kept: readonly HistoryMessage[]): string {
  const prompt = compileSystemPrompt(input.configuration.definition, { facts: input.facts, summary: input.summary });
  const own = kept.filter((message) => message.role === 'system').map((message) => textOf(message.content).trim());
  return [prompt, ...own].filter((text) => text !== '').join('\n\n');
}

import { type AgentConfiguration, textOf, type UntrustedContent } from '@troupe/contracts';
import type { ModelMessage, ModelRequest, ModelTool, OutputSchema } from '@troupe/spec';
import { compileSystemPrompt, type PromptFact } from '../definition/compile-system-prompt.js';
import { markUntrusted, UNTRUSTED_NOTICE } from '../guardrails/mark-untrusted.js';
import type { TrustOfTool } from '../guardrails/untrusted-result.js';
import type { HistoryMessage } from '../history/history-message.js';
import { repairHistory } from '../history/repair-history.js';
import { selectMessages } from '../memory/select-messages.js';
import { toolChoiceOfTurn } from './tool-choice-of-turn.js';
import { isLastTurn } from './turn-limit.js';

export interface TurnInput {
  configuration: Pick<
    AgentConfiguration,
    'definition' | 'model_settings' | 'memory' | 'max_turns' | 'tool_choice' | 'untrusted'
  >;
  /** The tools that the agent's configuration names, in its order, and those by which it hands over. */
  tools: Iterable<ModelTool & TrustOfTool>;
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
  const offered = [...input.tools];
  const request: ModelRequest = {
    system: systemText(input, kept),
    messages: marked(repairHistory(input.tail ? [...kept, ...input.tail] : kept), configuration.untrusted, offered),
  };
  const tools = offered.map(({ name, description, parameters }) => ({ name, description, parameters }));
  if (tools.length > 0) {
    request.tools = tools;
    // Still listed in the last turn: earlier calls stay valid for providers that check them, and caches keep hitting.
    const isLast = isLastTurn(input.turn, configuration.max_turns);
    const toolChoice = isLast ? 'none' : toolChoiceOfTurn(configuration.tool_choice, input.turn);
    if (toolChoice !== undefined) request.toolChoice = toolChoice;
  }
  if (input.outputSchema) request.outputSchema = input.outputSchema;
  if (configuration.model_settings) request.settings = configuration.model_settings;
  return request;
}

function marked(
  messages: ModelMessage[],
  untrusted: UntrustedContent | undefined,
  tools: readonly (ModelTool & TrustOfTool)[],
): ModelMessage[] {
  return untrusted ? markUntrusted(messages, untrusted, new Map(tools.map((tool) => [tool.name, tool]))) : messages;
}

/** The agent's prompt, then the system messages that an application put into the thread. */
function systemText(input: TurnInput, kept: readonly HistoryMessage[]): string {
  const prompt = compileSystemPrompt(input.configuration.definition, { facts: input.facts, summary: input.summary });
  const own = kept.filter((message) => message.role === 'system').map((message) => textOf(message.content).trim());
  const notice = input.configuration.untrusted ? UNTRUSTED_NOTICE : '';
  return [prompt, notice, ...own].filter((text) => text !== '').join('\n\n');
}

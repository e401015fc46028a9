import type { AgentConfiguration, RunEventBody, ToolResultPart } from '@troupe/contracts';
import type { ChatModel, Tool } from '@troupe/spec';
import type { PromptFact } from '../definition/compile-system-prompt.js';
import type { HistoryMessage } from '../history/history-message.js';
import type { OutputFormat } from '../structured-output/output-format.js';
import type { AcceptedCall } from '../turn/decide-next.js';

export interface RunTurnsOptions {
  model: ChatModel;
  configuration: Pick<AgentConfiguration, 'definition' | 'model_settings' | 'memory' | 'max_turns'>;
  tools: ReadonlyMap<string, Tool>;
  /** The thread with the user's new message last. */
  history: readonly HistoryMessage[];
  facts?: readonly PromptFact[];
  summary?: string | null;
  /** How many of the newest messages of the history the summary does not cover. */
  unsummarized?: number;
  /** What the answer must be, and how many further answers the model may give when one is not. */
  output?: { format: OutputFormat<unknown>; retries: number };
  signal: AbortSignal;
  onEvent(event: RunEventBody): void;
  /** Executes one call; must not throw. */
  runTool(call: AcceptedCall): Promise<ToolResultPart>;
}

import type { AgentConfiguration, RunEventBody, ToolResultPart, Usage } from '@troupe/contracts';
import type { ChatModel, PriceBook, Tool } from '@troupe/spec';
import type { PromptFact } from '../definition/compile-system-prompt.js';
import type { Guards } from '../guardrails/guards.js';
import type { HandoffMove } from '../handoff/decide-handoff.js';
import type { HandoffTool } from '../handoff/handoff-tool.js';
import type { HandoffView } from '../handoff/history-after-handoff.js';
import type { HistoryMessage } from '../history/history-message.js';
import type { RunHooks } from '../hooks/run-hooks.js';
import type { RunAllowance } from '../limits/run-allowance.js';
import type { ToolGate } from '../permissions/tool-gate.js';
import type { OutputFormat } from '../structured-output/output-format.js';
import type { AcceptedCall } from '../turn/decide-next.js';
import type { RunLog } from './run-log.js';

/** What of an agent's configuration a request may set for a run. */
type RunSettingsKeys = 'limits' | 'tool_choice' | 'max_parallel_tool_calls' | 'stop_on_tools';

/** What of a run is its agent's, and another's after a handoff. */
export interface Speaker {
  model: ChatModel;
  configuration: Pick<
    AgentConfiguration,
    'definition' | 'model_settings' | 'memory' | 'max_turns' | 'untrusted' | RunSettingsKeys
  >;
  tools: ReadonlyMap<string, Tool>;
  /** Absent: the agent hands over to nobody. */
  handovers?: Handovers | undefined;
  /** Of an agent that took over: what it is shown of what came before. */
  view?: HandoffView | undefined;
  facts?: readonly PromptFact[] | undefined;
  /** Absent: nothing is checked. */
  guards?: Guards | undefined;
  /** Which calls may be made; absent: all. */
  gate?: ToolGate | undefined;
  hooks?: RunHooks | undefined;
  /** Executes one call; must not throw. */
  runTool(call: AcceptedCall): Promise<ToolResultPart>;
}

export interface Handovers {
  /** Who speaks, as events name it. */
  speaker: string;
  /** To whom it may hand over in the turn that begins, by the names of the tools. */
  offered(): Promise<ReadonlyMap<string, HandoffTool>>;
  /** Who speaks from now on. A text refuses the handoff, and is what the model is told. */
  make(move: HandoffMove): Promise<Speaker | string>;
}

export interface RunTurnsOptions extends Speaker {
  /** The thread with the user's new message last. */
  history: readonly HistoryMessage[];
  summary?: string | null;
  /** How many of the newest messages of the history the summary does not cover. */
  unsummarized?: number;
  /** What the answer must be, and how many further answers the model may give when one is not. */
  output?: { format: OutputFormat<unknown>; retries: number };
  /** Keeps the run's limits. */
  allowance: RunAllowance;
  /** Told what judges of calls and of their results used; set by the loop. */
  onJudged?(usage: Usage): void;
  /** What calls cost; absent: what their provider says. */
  prices?: PriceBook | undefined;
  /** Ends the run after a round of tools, with the text that it answers with. */
  stopWhen?: StopWhen | undefined;
  signal: AbortSignal;
  log: RunLog;
  newId(): string;
  onEvent(event: RunEventBody): void;
}

/** Told of the results of a round of tools; a text ends the run and is its answer. */
export type StopWhen = (results: readonly ToolResultPart[]) => string | undefined | Promise<string | undefined>;

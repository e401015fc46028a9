import type { JsonValue, RunEventBody, UntrustedContent, Usage } from '@troupe/contracts';
import type { People, PriceBook, ThreadSearch } from '@troupe/spec';
import type { TrustOfTool } from '../guardrails/untrusted-result.js';
import type { HistoryMessage } from '../history/history-message.js';
import type { controlSettings } from './run-controls.js';

/** What is the same for all agents that speak in one run of an agent in this process. */
export interface RunFrame<Deps = unknown> {
  runId: string;
  thread: ThreadSearch & { readonly id: string };
  userId: string | null;
  signal: AbortSignal;
  /** Those that the message brought; an agent's own hold where there are none. */
  deps: Deps | undefined;
  /** Those of the agent that the message was sent to, for agents that have none. */
  firstDeps: Deps | undefined;
  /** What the message asks of its run, whoever speaks in it. */
  asked: ReturnType<typeof controlSettings>;
  /** How many runs are above it. */
  depth: number;
  onEvent(event: RunEventBody): void;
  onProgress?: ((progress: ToolProgress) => void) | undefined;
  /** For agents that have nobody of their own to ask. */
  people: People;
  /** Counts what a run below this one has used, or a judge beside its turns. */
  spend(usage: Usage, made?: { requests: number; toolCalls: number }): void;
  /** For limits in money of runs below it. */
  prices: PriceBook | undefined;
  /** Messages of the thread that are not in its history; only where it matters who wrote them. */
  earlier: readonly HistoryMessage[];
  /** Another run wrote what it answers, which had read words of strangers. */
  inherited: boolean;
  /** The policy of who speaks. It goes on to hold for an agent that takes over and has none. */
  untrusted: UntrustedContent | undefined;
  /** Of all agents that have spoken in it. */
  trust: Map<string, TrustOfTool>;
}

/** How far one call of a tool is, in the words of that tool. */
export interface ToolProgress {
  tool_call_id: string;
  name: string;
  update: JsonValue;
}

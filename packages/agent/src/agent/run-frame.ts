import type { JsonValue, RunEventBody, Usage } from '@troupe/contracts';
import type { People, ThreadSearch } from '@troupe/spec';
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
  /** Counts what a run below this one has used. */
  spend(usage: Usage): void;
}

export interface ToolProgress {
  tool_call_id: string;
  name: string;
  update: JsonValue;
}

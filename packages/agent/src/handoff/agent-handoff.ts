import type { HandoffHistory, JsonObject, JsonSchema } from '@troupe/contracts';
import type { RunFrame } from '../agent/run-frame.js';
import type { Speaker } from '../run/run-turns-options.js';
import { checkOfSchema } from '../structured-output/check-of-schema.js';
import type { OutputOf, OutputType } from '../structured-output/output-type.js';
import { type HandoffTool, handoffTool } from './handoff-tool.js';
import type { HistoryFilter } from './history-after-handoff.js';

/** An agent in this process to which others may hand over. */
export interface HandoffAgent<Deps = unknown> {
  readonly name: string;
  /** What it is for, in a sentence. */
  readonly description: string | undefined;
  /** To whom it hands over itself. */
  readonly handoffs: readonly AgentHandoff<Deps>[];
  /** How it answers in a run. */
  speak(run: RunFrame<Deps>): Promise<Speaker>;
}

/** Where a handoff happens, for what an application does about it. */
export interface HandoffContext<Deps = unknown> {
  runId: string;
  threadId: string;
  userId: string | null;
  deps: Deps;
  signal: AbortSignal;
}

/** When a conversation is handed over, and what goes along. */
export interface HandoffOptions<Deps = unknown, S extends OutputType = JsonSchema> {
  /** When to hand over, for the model; absent: what the agent says of itself. */
  description?: string;
  /** What the model has to send along: a zod schema or JSON Schema of an object. */
  inputType?: S;
  /** Called when the handoff is made, before the other agent speaks. What it throws refuses the handoff and is told to the model. */
  onHandoff?(input: OutputOf<S>, context: HandoffContext<Deps>): void | Promise<void>;
  /** What the other agent is shown of what was said before; everything unless told. */
  inputFilter?: HandoffHistory | HistoryFilter;
  /** Asked before each turn; true unless told. */
  isEnabled?: boolean | ((context: HandoffContext<Deps>) => boolean | Promise<boolean>);
  /** `transfer_to_<name>` unless told. */
  toolName?: string;
}

/** A handoff to an agent of this process, as an agent is given it. */
export interface AgentHandoff<Deps = unknown> {
  readonly agent: HandoffAgent<Deps>;
  readonly tool: HandoffTool;
  readonly history: HandoffHistory | HistoryFilter;
  isEnabled(context: HandoffContext<Deps>): boolean | Promise<boolean>;
  /** Takes what the model sent along. A text says why the handoff is refused. */
  accept(input: JsonObject, context: HandoffContext<Deps>): Promise<string | undefined>;
}

/** A handoff with more to say about it than to whom. @throws TroupeError `invalid_request` for a schema that is none */
export function handoff<Deps = unknown, S extends OutputType = JsonSchema>(
  agent: HandoffAgent<Deps>,
  options: HandoffOptions<Deps, S> = {},
): AgentHandoff<Deps> {
  const { description = agent.description, inputType, inputFilter = 'full', isEnabled = true, toolName } = options;
  const input = inputType && checkOfSchema(inputType);
  const { name } = agent;
  return {
    agent,
    tool: handoffTool({ agent: name, name, description, inputSchema: input?.jsonSchema, toolName }),
    history: inputFilter,
    isEnabled: (context) => (typeof isEnabled === 'function' ? isEnabled(context) : isEnabled),
    accept: async (sent, context) => {
      const verdict = input ? await input.check(sent) : { valid: true as const, value: sent as OutputOf<S> };
      if (!verdict.valid) return `Not done: ${verdict.errors.join('; ')}.`;
      try {
        await options.onHandoff?.(verdict.value, context);
        return undefined;
      } catch (error) {
        return `Not done: ${error instanceof Error ? error.message : String(error)}`;
      }
    },
  };
}

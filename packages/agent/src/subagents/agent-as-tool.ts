import { type JsonSchema, type JsonValue, type RunEventBody, TroupeError } from '@troupe/contracts';
import type { ModelMessage, RunContext, ToolFor } from '@troupe/spec';
import { agentInput, agentToolSchema, MAX_DEPTH } from './agent-tool-schema.js';

/** How an agent looks to the one that calls it as a tool. */
export interface AgentToolOptions {
  /** `ask_<name of the agent>` unless told. */
  name?: string;
  /** When to call it, for the model; absent: what the agent says of itself. */
  description?: string;
  /** JSON Schema of the arguments, an object at its top, which the agent reads as JSON. Absent: `{input: string}`. */
  inputSchema?: JsonSchema;
  /** Milliseconds until a call is given up; ten minutes unless told. */
  timeoutMs?: number;
  /** How many runs may stand above it; 3 unless told. */
  maxDepth?: number;
  /** Told of everything that happens in the agent's run, as it happens; `runId` tells several of them apart. */
  onEvent?: ((event: RunEventBody, run: { runId: string; agent: string }) => void) | undefined;
}

/** Who calls, and what the answer may use of the caller's. */
export type CallContext<Deps> = Pick<RunContext<Deps>, 'signal' | 'deps' | 'userId' | 'nesting'>;

export interface CallOptions {
  /** What was said before; absent: nothing. */
  history?: readonly ModelMessage[];
  onEvent?: AgentToolOptions['onEvent'];
  /** Told with the answer whether words of strangers were read for it; never told: they may have been. */
  onAnswered?: ((answer: { untrusted: boolean }) => void) | undefined;
}

/** An agent or a team of this process that others call: it answers on a thread of its own. */
export interface CallableAgent<Deps = unknown> {
  readonly name: string;
  /** What it is for, in a sentence. */
  readonly description: string | undefined;
  answerCall(input: string, context: CallContext<Deps>, options?: CallOptions): Promise<string>;
}

const TEN_MINUTES_MS = 600_000;

/** Its tools have classes of their own; that an agent is asked may have any effect. */
export function agentAsTool<Deps>(agent: CallableAgent<Deps>, options: AgentToolOptions = {}): ToolFor<Deps> {
  const { timeoutMs = TEN_MINUTES_MS, maxDepth = MAX_DEPTH, inputSchema } = options;
  const schema = agentToolSchema({
    agent: agent.name,
    name: options.name,
    displayName: agent.name,
    description: options.description ?? agent.description,
    inputSchema,
  });
  return {
    ...schema,
    effect: 'effect',
    runsAgent: true,
    timeoutMs,
    execute: async (args, context): Promise<JsonValue> => {
      if ((context.nesting?.depth ?? 0) >= maxDepth) throw tooDeep(agent.name, maxDepth);
      const onAnswered = context.nesting?.answered;
      return agent.answerCall(agentInput(args), context, { onEvent: options.onEvent, onAnswered });
    },
  };
}

function tooDeep(agent: string, maxDepth: number): TroupeError {
  return new TroupeError({
    code: 'invalid_request',
    fault: 'caller',
    message: `${agent} is not asked: agents may call each other ${maxDepth} deep. Do it without.`,
  });
}

import type { ApprovalRule, PermissionMode, UntrustedContent } from '@troupe/contracts';
import type { People, ToolContext } from '@troupe/spec';
import type { PromptFact } from '../definition/compile-system-prompt.js';
import type { Guards } from '../guardrails/guards.js';
import type { TrustOfTool } from '../guardrails/untrusted-result.js';
import type { Hooks } from '../hooks/hooks.js';
import { RunHooks } from '../hooks/run-hooks.js';
import { permissionPolicy } from '../permissions/permission-policy.js';
import { StickyMemory } from '../permissions/sticky-memory.js';
import { ToolGate } from '../permissions/tool-gate.js';
import type { AcceptedCall } from '../turn/decide-next.js';
import type { AgentEnvironment } from './agent-environment.js';
import type { RunFrame } from './run-frame.js';

/** Which calls of tools an agent in one process may make, and who is asked about the others. */
export interface PermissionOptions extends People {
  /** Which calls need approval, beside those of tools that say so themselves. Nobody to ask: they are refused. */
  approvals?: readonly ApprovalRule[];
  /** Tools that are never run, whatever else is set: names, `*` for all, `effect` for those of that class. */
  deniedTools?: readonly string[];
  /** Code that stands at the joints of a run; of several, in their order. */
  hooks?: Hooks | readonly Hooks[];
}

type AgentPermissions = PermissionOptions & { environment: AgentEnvironment };

type PermittedFrame = Pick<RunFrame, 'runId' | 'thread' | 'userId' | 'signal' | 'people' | 'inherited' | 'earlier'>;

/** What the permissions of an agent need of one run. */
export interface PermittedRun {
  /** Of the agent. */
  name: string;
  tools: ReadonlyMap<string, TrustOfTool>;
  facts: readonly PromptFact[] | undefined;
  guards: Guards | undefined;
  untrusted: UntrustedContent | undefined;
  contextOf(call: AcceptedCall): ToolContext;
}

/** Whom the agents of a run ask, and in which mode: those of the message first, then of the agent, then of a run above. */
export function peopleOf(
  agent: People,
  message: { permissionMode?: PermissionMode | undefined },
  above: People | undefined,
): People {
  return {
    approve: agent.approve ?? above?.approve,
    onQuestion: agent.onQuestion ?? above?.onQuestion,
    permissionMode: message.permissionMode ?? above?.permissionMode,
  };
}

/** What stands between the calls that an agent's model asks for and its tools. */
export function permissionsOf(
  options: AgentPermissions,
  run: PermittedFrame,
  { name, ...permitted }: PermittedRun,
): { gate: ToolGate; hooks: RunHooks | undefined } {
  const { approvals = [], deniedTools = [], permissionMode = 'default', environment } = options;
  const { people, runId, inherited, earlier } = run;
  const hooks = runHooksOf(options, name, run);
  const policy = permissionPolicy({
    approvals: [...approvals],
    denied_tools: [...deniedTools],
    permission_mode: people.permissionMode ?? permissionMode,
  });
  const gate = new ToolGate({
    policy,
    inherited,
    earlier,
    hooks,
    approve: options.approve ?? people.approve,
    onQuestion: options.onQuestion ?? people.onQuestion,
    sticky: stickyOf(run.thread, options),
    runId,
    ...permitted,
    environment,
  });
  return { gate, hooks };
}

/** Undefined: the agent has none. */
export function runHooksOf(
  { hooks = [], environment }: AgentPermissions,
  name: string,
  { runId, thread, userId, signal }: PermittedFrame,
): RunHooks | undefined {
  const all = isList(hooks) ? hooks : [hooks];
  if (all.length === 0) return undefined;
  return new RunHooks(all, { runId, threadId: thread.id, userId, agent: name, signal }, environment.onTrouble);
}

function isList(hooks: Hooks | readonly Hooks[]): hooks is readonly Hooks[] {
  return Array.isArray(hooks);
}

/** What people decided beyond the call in question, by thread and agent. */
const decisions = new WeakMap<object, WeakMap<object, StickyMemory>>();

function stickyOf(thread: object, agent: object): StickyMemory {
  const ofThread = decisions.get(thread) ?? new WeakMap<object, StickyMemory>();
  decisions.set(thread, ofThread);
  const sticky = ofThread.get(agent) ?? new StickyMemory();
  ofThread.set(agent, sticky);
  return sticky;
}

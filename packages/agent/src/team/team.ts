import { type ContentPart, type RunEventBody, TroupeError, textOf, type Usage } from '@troupe/contracts';
import type { ToolFor } from '@troupe/spec';
import {
  type AgentToolOptions,
  agentAsTool,
  type CallableAgent,
  type CallContext,
  type CallOptions,
} from '../subagents/agent-as-tool.js';
import { addUsage } from '../usage/add-usage.js';
import { TeamRound } from './team-round.js';
import { conversationOf, type Said } from './transcript.js';

/** How a team answers one message. What it returns is the answer. */
export type TeamStrategy<Deps = unknown> = (turn: TeamTurn<Deps>) => Promise<TeamReply>;

/** What a team says. */
export interface TeamReply {
  text: string;
  /** Name of the member whose answer it is; null where it was put together. */
  agent: string | null;
}

/** One message to a team, for the strategy that decides who answers it. */
export interface TeamTurn<Deps = unknown> {
  members: readonly CallableAgent<Deps>[];
  /** What was said so far, the message last. */
  transcript: readonly Said[];
  signal: AbortSignal;
  /** The member answers what was said so far, and the others will see its answer. */
  speak(member: CallableAgent<Deps>): Promise<string>;
  /** The agent answers what it is told, and nobody else sees it. */
  consult(agent: CallableAgent<Deps>, input: string): Promise<string>;
  /** The member answers what was said so far, and nobody else sees it. */
  think(member: CallableAgent<Deps>): Promise<string>;
  /** Counts what a model was asked beside the members. */
  spend(usage: Usage): void;
}

/** Who is in a team, and how it works together. */
export interface TeamOptions<Deps = unknown> {
  name: string;
  /** What it is for, in a sentence. */
  description?: string;
  /** Agents, or other teams; their names tell them apart. */
  members: readonly CallableAgent<Deps>[];
  strategy: TeamStrategy<Deps>;
}

/** What holds for one message to a team. */
export interface TeamRunOptions<Deps = unknown> {
  deps?: Deps;
  userId?: string;
  signal?: AbortSignal;
  /** `subrun.started` and `subrun.completed` say who speaks, with the usage of each. */
  onEvent?(event: RunEventBody): void;
  /** Told of everything that happens in the runs of members, as it happens. */
  onMemberEvent?(event: RunEventBody, run: { runId: string; agent: string }): void;
}

/** A reply with what it took. */
export interface TeamAnswer extends TeamReply {
  /** Of all members together. */
  usage: Usage;
}

const NOTHING: Usage = {
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  cached_input_tokens: 0,
  reasoning_tokens: 0,
  cost: null,
};

/**
 * Several agents that answer as one, and remember together what was said. It is made of agents and can be a member of
 * another team or a tool of an agent; how deep, and what it takes, counts with whoever calls it.
 */
export class Team<Deps = unknown> implements CallableAgent<Deps> {
  readonly name: string;
  readonly description: string | undefined;
  readonly #options: TeamOptions<Deps>;
  #transcript: Said[] = [];
  /** Words of strangers were read for what was said so far. */
  #untrusted = false;
  #busy = false;

  /** @throws TroupeError `invalid_request` without members, or with two of one name */
  constructor(options: TeamOptions<Deps>) {
    const names = options.members.map(({ name }) => name);
    if (names.length === 0) throw refused(`The team ${options.name} has no members.`);
    if (new Set(names).size < names.length) throw refused(`Two members of ${options.name} have the same name.`);
    this.name = options.name;
    this.description = options.description;
    this.#options = options;
  }

  /** What was said so far, oldest first. */
  get transcript(): readonly Said[] {
    return this.#transcript;
  }

  /** Forgets the conversation and begins another. */
  newThread(): void {
    this.#transcript = [];
    this.#untrusted = false;
  }

  /** The answer as text. */
  async chat(text: string, options: TeamRunOptions<Deps> = {}): Promise<string> {
    return (await this.run(text, options)).text;
  }

  /** The answer with who gave it and what it took. A message that fails leaves the conversation as it was. */
  async run(text: string, options: TeamRunOptions<Deps> = {}): Promise<TeamAnswer> {
    if (this.#busy) throw busy(this.name);
    this.#busy = true;
    try {
      const { deps, userId = null, signal = new AbortController().signal, onEvent, onMemberEvent } = options;
      let usage: Usage | undefined;
      const spend = (more: Usage) => {
        usage = usage ? addUsage(usage, more) : more;
      };
      const nesting = {
        toolCallId: this.name,
        depth: 0,
        untrusted: this.#untrusted,
        onEvent: (event: RunEventBody) => onEvent?.(event),
        spend,
        people: {},
      };
      const context = { deps: deps as Deps, userId, signal, nesting };
      const said = await this.#answer(text, this.#transcript, context, { onEvent: onMemberEvent });
      this.#transcript = said.transcript;
      this.#untrusted = said.untrusted;
      return { ...said.reply, usage: usage ?? NOTHING };
    } finally {
      this.#busy = false;
    }
  }

  /** The team as a tool of an agent. */
  asTool(options: AgentToolOptions = {}): ToolFor<Deps> {
    return agentAsTool(this, options);
  }

  /** Answers one call, of which nothing stays here. */
  async answerCall(
    input: string,
    context: CallContext<Deps>,
    { history, onEvent, onAnswered }: CallOptions = {},
  ): Promise<string> {
    const before = (history ?? []).map(({ role, content }) => ({
      speaker: role === 'assistant' ? this.name : null,
      text: textOf(content),
    }));
    const { reply, untrusted } = await this.#answer(input, before, context, { onEvent });
    onAnswered?.({ untrusted });
    return reply.text;
  }

  async #answer(
    text: string,
    before: readonly Said[],
    context: CallContext<Deps>,
    events: Pick<CallOptions, 'onEvent'>,
  ): Promise<{ reply: TeamReply; transcript: Said[]; untrusted: boolean }> {
    const { members, strategy } = this.#options;
    const round = new TeamRound(context, events);
    const transcript: Said[] = [...before, { speaker: null, text }];
    const think = async (member: CallableAgent<Deps>) => {
      const seen = conversationOf(member.name, transcript);
      const last = seen.at(-1);
      // One who spoke last has nothing to answer but its own words.
      const input = last?.role === 'user' ? paragraphs(last.content) : 'Go on.';
      const history = last?.role === 'user' ? seen.slice(0, -1) : seen;
      return round.ask(member, input, history);
    };
    const reply = await strategy({
      members,
      transcript,
      signal: context.signal,
      think,
      speak: async (member) => {
        const answer = await think(member);
        transcript.push({ speaker: member.name, text: answer });
        return answer;
      },
      consult: (agent, input) => round.ask(agent, input),
      spend: (usage) => round.spend(usage, { requests: 1, toolCalls: 0 }),
    });
    // What was put together was said by nobody so far.
    if (reply.agent === null) transcript.push({ speaker: this.name, text: reply.text });
    return { reply, transcript, untrusted: round.untrusted };
  }
}

function paragraphs(content: readonly ContentPart[]): string {
  return content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n\n');
}

function refused(message: string): TroupeError {
  return new TroupeError({ code: 'invalid_request', fault: 'caller', message });
}

function busy(name: string): TroupeError {
  return new TroupeError({
    code: 'thread_busy',
    fault: 'caller',
    retryable: true,
    message: `${name} is still answering. Await that answer first.`,
  });
}

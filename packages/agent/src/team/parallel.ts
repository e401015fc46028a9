import type { CallableAgent } from '../subagents/agent-as-tool.js';
import type { TeamStrategy } from './team.js';

/** What one member of a team answered. */
export interface MemberAnswer {
  agent: string;
  text: string;
}

/** How the answers of members who worked side by side become one. */
export interface ParallelOptions<Deps> {
  /** Puts the answers together: a function, or an agent that reads them all. */
  merge: ((answers: readonly MemberAnswer[]) => string | Promise<string>) | CallableAgent<Deps>;
}

/**
 * All members at once, none of whom reads the others, and one answer made of theirs. A member that fails is left out; when
 * all fail, so does the team, with the first error.
 */
export function parallel<Deps = unknown>({ merge }: ParallelOptions<Deps>): TeamStrategy<Deps> {
  return async ({ members, transcript, think, consult, signal }) => {
    const settled = await Promise.allSettled(
      members.map(async (member) => ({ agent: member.name, text: await think(member) })),
    );
    signal.throwIfAborted();
    const answers = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const [failed] = settled.filter((one) => one.status === 'rejected');
    if (answers.length === 0 && failed) throw failed.reason;
    const text =
      typeof merge === 'function'
        ? await merge(answers)
        : await consult(merge, materialOf(transcript.at(-1)?.text ?? '', answers));
    return { text, agent: null };
  };
}

function materialOf(question: string, answers: readonly MemberAnswer[]): string {
  const parts = answers.map(({ agent, text }) => `# ${agent}\n${text}`);
  return [`# Question\n${question}`, ...parts].join('\n\n');
}

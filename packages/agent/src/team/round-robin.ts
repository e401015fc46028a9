import type { TeamReply, TeamStrategy } from './team.js';

/** How members take turns. */
export interface RoundRobinOptions {
  /** How often each member speaks for one message; once unless told. */
  rounds?: number;
  /** Asked after each answer; true ends the round with it. */
  until?(text: string, agent: string): boolean;
}

/** Every member in turn, each after it has read the ones before; the last answer is the team's. */
export function roundRobin({ rounds = 1, until }: RoundRobinOptions = {}): TeamStrategy {
  return async ({ members, speak, signal }) => {
    let reply: TeamReply = { text: '', agent: null };
    for (let round = 0; round < Math.max(1, rounds); round += 1) {
      for (const member of members) {
        signal.throwIfAborted();
        reply = { text: await speak(member), agent: member.name };
        if (until?.(reply.text, member.name)) return reply;
      }
    }
    return reply;
  };
}

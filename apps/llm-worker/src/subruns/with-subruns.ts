import { hasReadUntrusted, limitsLeft, type PermittedMove, type RunSpent, withRunsBelow } from '@troupe/agent';
import type { ClaimedRun } from '@troupe/database';
import type { Tool } from '@troupe/spec';

/** The move with what the runs that it starts have of this one: their shares of its limits, and whose words they are told. */
export function withSubruns(
  run: ClaimedRun,
  move: PermittedMove,
  { spent, tools }: { spent: RunSpent; tools: ReadonlyMap<string, Tool> },
): PermittedMove {
  if (move.kind !== 'call_tools') return move;
  const { limits, untrusted } = run.configuration;
  const { calls, asking, refused } = withRunsBelow({ calls: move.calls, asking: move.asking ?? [] }, () => ({
    left: limitsLeft(limits, spent),
    untrusted: hasReadUntrusted(run, untrusted, tools),
  }));
  return { ...move, calls: [...calls], asking, rejected: [...move.rejected, ...refused] };
}

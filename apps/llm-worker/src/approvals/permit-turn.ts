import { type NextMove, type PermittedMove, permissionPolicy, permitMove, untrustedPolicy } from '@troupe/agent';
import type { ClaimedRun } from '@troupe/database';
import type { Tool } from '@troupe/spec';
import type { PermissionSources } from './permission-sources.js';

/**
 * Which calls of a turn are made, which wait for people, and which are refused.
 * @param tools all that are known: other agents may have called them on the thread
 */
export function permitTurn(
  run: ClaimedRun,
  move: NextMove,
  { tools, sources, signal }: { tools: ReadonlyMap<string, Tool>; sources: PermissionSources; signal: AbortSignal },
): Promise<PermittedMove> {
  const { configuration } = run;
  const { untrusted } = configuration;
  return permitMove(move, {
    policy: permissionPolicy(configuration, run.options.permission_mode),
    toolAsks: async ({ part, tool }) => {
      const context = {
        tenantId: run.tenantId,
        userId: run.userId,
        threadId: run.threadId,
        runId: run.id,
        idempotencyKey: `${run.id}/${part.id}`,
        signal,
        services: sources.services,
      };
      return (await tool.needsApproval?.(part.arguments, context)) ?? false;
    },
    untrusted: ({ part, tool }) => untrustedPolicy({ tool, arguments: part.arguments }, { ...run, untrusted, tools }),
    stickyDecisions: (names) => sources.stickyDecisions(run, names),
  });
}

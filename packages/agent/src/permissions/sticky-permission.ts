import type { StickyDecision } from '@troupe/contracts';
import type { Permission } from './decide-permission.js';

/**
 * What was decided before for calls like this one, if that holds here: it was made by somebody who may decide this one too,
 * and knew of text of strangers where that is why this call waits. A question has to be answered each time.
 */
export function stickyPermission(
  name: string,
  { reason, rule }: Extract<Permission, { decision: 'ask' }>,
  decisions: readonly StickyDecision[],
): StickyDecision | undefined {
  if (reason === 'question') return undefined;
  const roles = rule?.roles ?? [];
  const holds = decisions.filter(
    (decision) =>
      decision.name === name &&
      (reason !== 'untrusted' || decision.reason === 'untrusted' || !decision.approved) &&
      (roles.length === 0 || (decision.role !== null && roles.includes(decision.role))),
  );
  return holds.find(({ approved }) => !approved) ?? holds[0];
}

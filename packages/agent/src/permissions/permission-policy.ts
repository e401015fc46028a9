import type { AgentConfiguration, ApprovalRule, PermissionMode } from '@troupe/contracts';

/** What an agent may do with its tools, as data. */
export interface PermissionPolicy {
  mode: PermissionMode;
  /** Names, `*` or `effect`. */
  deniedTools: readonly string[];
  /** The first that speaks of a call holds. */
  rules: readonly ApprovalRule[];
}

/** @param mode of the request, in place of the agent's */
export function permissionPolicy(
  { approvals = [], denied_tools = [], permission_mode = 'default' }: PermissionSettings,
  mode: PermissionMode = permission_mode,
): PermissionPolicy {
  return { mode, deniedTools: denied_tools, rules: approvals };
}

export type PermissionSettings = Pick<AgentConfiguration, 'approvals' | 'denied_tools' | 'permission_mode'>;

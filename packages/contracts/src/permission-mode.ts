/**
 * How calls of tools are permitted. `default`: as the rules say. `accept_reads`: calls that only read never wait.
 * `bypass`: nothing waits. `plan`: only calls that read are made. What is denied stays denied in all of them.
 */
export const PERMISSION_MODES = ['default', 'accept_reads', 'bypass', 'plan'] as const;
export type PermissionMode = (typeof PERMISSION_MODES)[number];

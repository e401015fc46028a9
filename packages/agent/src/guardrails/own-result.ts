import type { ToolResultPart } from '@troupe/contracts';

const HANDOFF_PREFIX = 'transfer_to_';

/** The words of a handoff that was made, which no tool and no stranger wrote. */
const HANDED_OVER = /^The conversation is handed over\. You are [^\n]{1,200} now: answer the user\.$/;

/** Whether a result is the runtime's own words: an agent that took over has read nothing by it. */
export function isOwnResult({ name, status, content }: Pick<ToolResultPart, 'name' | 'status' | 'content'>): boolean {
  return isHandoff(name) && status === 'completed' && HANDED_OVER.test(content);
}

/** Whether a name is that of a handoff, where nothing else of the call is known. */
export function isHandoff(name: string): boolean {
  return name.startsWith(HANDOFF_PREFIX);
}

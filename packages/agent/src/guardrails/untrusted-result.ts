import type { ToolResultPart, UntrustedContent } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';

/** What of a tool says whose words its results are. */
export type TrustOfTool = Pick<Tool, 'trusted' | 'asksUser'>;

/** A result as far as trust goes. */
export type AnsweredTool = Pick<ToolResultPart, 'name' | 'untrusted'>;

/**
 * Whether a stranger may have written what a tool answered. What the runtime knows of the result itself comes first, but for
 * the operator's word on the tool; then what the tool says of itself, and whether the user is who answers.
 */
export function isUntrustedResult(
  { name, untrusted }: AnsweredTool,
  policy: UntrustedContent | undefined,
  tools: ReadonlyMap<string, TrustOfTool>,
): boolean {
  if (untrusted === false || policy?.trusted_tools?.includes(name)) return false;
  if (untrusted) return true;
  const tool = tools.get(name);
  return tool?.trusted !== true && tool?.asksUser !== true;
}

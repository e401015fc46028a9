import type { UntrustedContent } from '@troupe/contracts';
import type { Tool } from '@troupe/spec';

/** What of a tool says whose words its results are. */
export type TrustOfTool = Pick<Tool, 'trusted' | 'asksUser'>;

/** Whether no stranger can have written what the tool answers: it says so, the operator does, or the user is who answers. */
export function isTrusted(
  name: string,
  untrusted: UntrustedContent | undefined,
  tools: ReadonlyMap<string, TrustOfTool>,
): boolean {
  const tool = tools.get(name);
  return tool?.trusted === true || tool?.asksUser === true || untrusted?.trusted_tools?.includes(name) === true;
}

import type { UntrustedContent } from '@troupe/contracts';
import type { HistoryMessage } from '../history/history-message.js';
import { type AnsweredTool, isUntrustedResult, type TrustOfTool } from './untrusted-result.js';

/** What a model has read of a conversation. */
export interface ReadContent {
  /** The thread and what the run added to it. */
  history: readonly HistoryMessage[];
  /** Tools that have answered in the thread, where the history is only its end. */
  answeredTools?: readonly AnsweredTool[];
  /** A message of the thread has pictures or files, where the history is only its end. */
  hasAttachments?: boolean;
  /** The conversation began with the words of a run that had read words of strangers. */
  inherited?: boolean;
}

/**
 * Whether words of strangers are anywhere in what a model has read. Facts are not asked about: they are the same for all
 * agents that a user talks to, and each decides for itself.
 */
export function hasReadUntrusted(
  { history, answeredTools, hasAttachments, inherited }: ReadContent,
  policy: UntrustedContent | undefined,
  tools: ReadonlyMap<string, TrustOfTool>,
): boolean {
  if (inherited) return true;
  const attachments = policy?.attachments !== false;
  if (attachments && hasAttachments) return true;
  if (answeredTools?.some((answered) => isUntrustedResult(answered, policy, tools))) return true;
  return history.some(({ content }) =>
    content.some((part) => {
      if (part.type === 'image' || part.type === 'file') return attachments;
      return part.type === 'tool_result' && part.status !== 'pending' && isUntrustedResult(part, policy, tools);
    }),
  );
}

import { summaryDue } from '@troupe/agent';
import { newId } from '@troupe/contracts';
import type { ClaimedRun, FollowUp } from '@troupe/database';

/** What a finished run leaves to other workers, stored by the transaction that finishes it. */
export function followUpsOf(run: ClaimedRun): FollowUp[] {
  // Nobody reads the thread of a run that answers another's call, and no person speaks on it.
  if (run.parentRunId !== null) return [];
  const kinds: FollowUp['kind'][] = [];
  if (run.thread.title === null) kinds.push('title-thread');
  if (run.userId !== null) kinds.push('extract-facts');
  const thread = { message_count: run.thread.messageCount, summarized_count: run.thread.summarizedCount };
  if (summaryDue(run.configuration.memory, thread) !== undefined) kinds.push('summarize-thread');
  return kinds.map((kind) => ({ id: newId(), kind, model: run.model }));
}

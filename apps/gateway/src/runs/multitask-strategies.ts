import type { MultitaskStrategy } from '@troupe/contracts';

/** What each is, for readers of the API document. A strategy that is missing here does not compile. */
const STRATEGIES: Record<MultitaskStrategy, string> = {
  reject: 'the message is refused with 409 `thread_busy`',
  enqueue: 'its run waits until the thread is free; runs that wait start in the order in which they were accepted',
  interrupt:
    'the run at work is cancelled, and what it has said stays; the new run starts when that has ended, before all that ' +
    'are enqueued',
  rollback:
    'like `interrupt`, and the message takes the place of the one that the run at work answers: a sibling under the same ' +
    'parent, from which the conversation goes on',
  steer:
    'the message goes to the run at work, which reads it before its next model turn and does not complete before; the ' +
    'answer is that of this run. While it is being cancelled, the message is enqueued',
};

export const MULTITASK_STRATEGIES = Object.keys(STRATEGIES);

export const MULTITASK_DESCRIPTION = [
  'What to do when the thread works on another run. A message that waits joins the thread when its run starts. On a thread ' +
    'that is free all are the same.',
  ...Object.entries(STRATEGIES).map(([strategy, meaning]) => `- \`${strategy}\`: ${meaning}`),
].join('\n');

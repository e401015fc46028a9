/** When a batch is looked at, and for how long it is tried. Seconds. */
export interface BatchTiming {
  /** Without a renewal for so long, another worker takes a batch over. */
  leaseSeconds: number;
  /** A batch of the provider that is young is looked at this often; an older one after a tenth of its age. */
  firstPollSeconds: number;
  longestPollSeconds: number;
  /** How long a request that nobody has an answer to may take to show up at the provider. */
  settleSeconds: number;
  /** A batch that the provider has not taken by then has failed. */
  submitWithinSeconds: number;
  /** A batch of which the provider says nothing any more for so long after it took it has failed. */
  answerWithinSeconds: number;
}

export const BATCH_TIMING: BatchTiming = {
  // Longer than what has to settle: who takes a batch over from a dead worker may trust what it finds.
  leaseSeconds: 90,
  firstPollSeconds: 10,
  longestPollSeconds: 300,
  settleSeconds: 60,
  submitWithinSeconds: 24 * 3_600,
  // Providers end a batch within a day; the rest is for an outage, theirs or of the key.
  answerWithinSeconds: 72 * 3_600,
};

/** Of the money that is set aside for a batch, until the sweep takes it for spent: longer than any batch is tried. */
export const BATCH_RESERVATION_SECONDS = 7 * 24 * 3_600;

/** Until the next look at a batch that the provider works on. */
export function pollPause(submittedSeconds: number, { firstPollSeconds, longestPollSeconds }: BatchTiming): number {
  return Math.min(longestPollSeconds, Math.max(firstPollSeconds, submittedSeconds / 10));
}

/** Until the next try after so many failures in a row. */
export function retryPause(failures: number, { firstPollSeconds, longestPollSeconds }: BatchTiming): number {
  return Math.min(longestPollSeconds, firstPollSeconds * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
}

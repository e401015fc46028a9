/**
 * How long something that was rung may stand before a worker's own poll takes it, in case the ring was lost. Seconds:
 * longer than a ring takes, short enough that nobody minds when Redis is away.
 */
export const POLL_GRACE_SECONDS = 1;

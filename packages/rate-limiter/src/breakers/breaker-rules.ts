/** Milliseconds of which failures are counted, in slots. */
export const FAILURE_WINDOW_MS = 30_000;
export const FAILURE_SLOTS = 6;

/** A route is left alone when at least this many calls ended in the window, and at least this share of them failed. */
export const LEAST_CALLS = 10;
export const FAILURE_SHARE = 0.5;

/** Milliseconds for which it is left alone at first; twice as long after each probe that fails, up to the longest. */
export const FIRST_REST_MS = 15_000;
export const LONGEST_REST_MS = 120_000;

/** Milliseconds after which a probe that nobody reported on is taken for lost, and another may try. */
export const PROBE_LEASE_MS = 60_000;

/** Milliseconds for which a process trusts what it last heard of a route or of a provider's accounts. */
export const TRUSTED_FOR_MS = 250;

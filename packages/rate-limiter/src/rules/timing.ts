/** Slots that a window is counted in. The finer, the sooner what was used comes free; 123 numbers a dimension are kept. */
export const SLOTS_PER_WINDOW = 120;

/**
 * Slots whose sum may not pass the limit. One more than a window touches at most, and two more (1 s of a minute) for calls
 * that take unequally long from here to the provider. It costs 2.4 % of the limit: 120 / 123 of it can be used.
 */
export const GUARD_SLOTS = SLOTS_PER_WINDOW + 3;

/** Share of a limit that may be used at once after a quiet time; the rest comes evenly. */
export const BURST_SHARE = 0.1;

/** A limit of few requests lets two go at once, so that a caller that comes a moment late loses nothing. */
export const SMALLEST_BURST = 2;

/** Levels are fractions; sums of fractions are compared with this tolerance. */
export const TOLERANCE = 1e-6;

/** Milliseconds after which a call that nobody speaks for counts as dead. */
export const LEASE_MS = 30_000;

/** Milliseconds that a waiter may come late and still be waited for. */
export const GRACE_MS = 3_000;

/** Milliseconds that the place of a waiter is remembered after nobody waits for it any more. */
export const FORGET_MS = 60_000;

/** The most waiters of one scope that have a place; those beyond are refused without one. */
export const LONGEST_LINE = 100_000;

/** How many of the first in the line are protected from those behind, however long they still sleep. */
export const PROTECTED_PLACES = 8;

/** How many of those whose time has come are looked at in one decision. */
export const DUE_PLACES = 32;

/** Entries that one decision tidies away at most. */
export const SWEEP_AT_ONCE = 64;

/**
 * Background waits behind interactive calls this many milliseconds of the scope's work, shared among the tenants in line; behind
 * nobody but background calls it waits for one turn of theirs.
 */
export const BACKGROUND_DELAY_MS = 30_000;

/** What a background call counts beside an interactive one of the same tenant. */
export const BACKGROUND_WEIGHT = 0.1;

/** A tenth of the wait that goes beyond this is left off, because what is ahead in the line may go away. Milliseconds. */
export const EXACT_WAIT_MS = 2_000;

/** The least wait that is told when others in the line hold a caller back. Milliseconds. */
export const LEAST_WAIT_MS = 25;

/** Distance of those who wait for the end of a pause, where no limit spreads them. Milliseconds. */
export const PAUSE_SPACING_MS = 20;

/** Bounds of the distance between those who wait for a free place among the calls under way. Milliseconds. */
export const LEAST_TURN_MS = 20;
export const LONGEST_TURN_MS = 1_000;

/** A pause is kept for this long whatever happens; while a longer one runs, single calls find out whether it is over. */
export const UNPROBED_PAUSE_MS = 60_000;

/** Milliseconds between probes; with long pauses a share of the time that has passed. */
export const PROBE_INTERVAL_MS = 10_000;
export const PROBE_INTERVAL_SHARE = 0.05;

/** How much the newest call counts in the averages that waits are foretold from. */
export const LEARNING_RATE = 0.1;

export interface WindowLengths {
  /** Of rpm and the token limits. */
  minuteMs: number;
  /** Of rpd. */
  dayMs: number;
}

export const REAL_WINDOWS: WindowLengths = { minuteMs: 60_000, dayMs: 86_400_000 };

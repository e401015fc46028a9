/** Runs that may wait for one thread; the next is refused. A line that long means that nobody listens to the answers. */
export const MAX_WAITING_RUNS = 100;

/** Messages that a run may have unread; the next waits for the thread as a run of its own. */
export const MAX_UNREAD_MESSAGES = 50;

/** Whose turn is next among the runs that wait: those that interrupt, then the others, each in order of acceptance. */
export const LINE_ORDER = `(multitask_strategy NOT IN ('interrupt', 'rollback')), place`;
